namespace Lodge.Elf;

/// <summary>Writes to a stream from front to back, and knows where it is. Small writes are gathered.</summary>
internal sealed class ElfOutput
{
    private const int BlockSize = 4096;
    private const int BufferSize = 16 * BlockSize;

    private readonly Stream _stream;
    private readonly bool _leavesHoles;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _buffered;
    private bool _endsInHole;

    public ElfOutput(Stream stream, bool leavesHoles)
    {
        _stream = stream;
        _leavesHoles = leavesHoles && stream.CanSeek;
        if (_leavesHoles && stream.Position != stream.Length)
        {
            throw new InvalidOperationException($"The stream is at {stream.Position} and has {stream.Length} bytes. Holes can "
                + "be left only at its end, where nothing else shows through them.");
        }
    }

    /// <summary>How many bytes were written, counted from 0.</summary>
    public ulong Position { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Position += (ulong)bytes.Length;
        while (!bytes.IsEmpty)
        {
            // Whole buffers need not be gathered, unless zeros are looked for, which go by the file's blocks.
            if (_buffered == 0 && bytes.Length >= BufferSize && !_leavesHoles)
            {
                _stream.Write(bytes);
                return;
            }

            int count = Math.Min(bytes.Length, BufferSize - _buffered);
            bytes[..count].CopyTo(_buffer.AsSpan(_buffered));
            bytes = bytes[count..];
            _buffered += count;
            if (_buffered == BufferSize)
                Flush();
        }
    }

    public void PadTo(ulong position)
    {
        if (_leavesHoles && position - Position >= 2 * BufferSize)
        {
            // To a multiple of the buffer's size, so that blocks stay those of the file.
            WriteZeros((ulong)(BufferSize - _buffered));
            ulong skipped = (position - Position) / BufferSize * BufferSize;
            Skip(skipped);
            Position += skipped;
        }

        WriteZeros(position - Position);
    }

    public void Complete()
    {
        Flush();
        if (_endsInHole)
            _stream.SetLength(_stream.Position);

        _stream.Flush();
    }

    private void WriteZeros(ulong count)
    {
        Span<byte> zeros = stackalloc byte[BlockSize];
        zeros.Clear();
        while (count != 0)
        {
            int piece = (int)Math.Min(count, BlockSize);
            Write(zeros[..piece]);
            count -= (ulong)piece;
        }
    }

    private void Flush()
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, _buffered);
        _buffered = 0;
        if (!_leavesHoles)
        {
            _stream.Write(bytes);
            return;
        }

        while (!bytes.IsEmpty)
        {
            bool isZero = IsZeroBlock(bytes);
            int count = Math.Min(bytes.Length, BlockSize);
            while (count < bytes.Length && IsZeroBlock(bytes[count..]) == isZero)
                count += Math.Min(bytes.Length - count, BlockSize);

            if (isZero)
                Skip((ulong)count);
            else
                WriteThrough(bytes[..count]);

            bytes = bytes[count..];
        }
    }

    private static bool IsZeroBlock(ReadOnlySpan<byte> bytes)
        => !bytes[..Math.Min(bytes.Length, BlockSize)].ContainsAnyExcept((byte)0);

    private void Skip(ulong count)
    {
        _stream.Seek((long)count, SeekOrigin.Current);
        _endsInHole = true;
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _endsInHole = false;
    }
}
