namespace Lodge.Elf;

/// <summary>What a segment's content is written to: takes as many bytes as the segment has, and no more.</summary>
internal sealed class SegmentStream : Stream
{
    private readonly ElfOutput _output;
    private readonly int _index;
    private readonly ulong _size;
    private ulong _left;
    private bool _isTooLong;
    private bool _isOver;

    public SegmentStream(ElfOutput output, int index, ulong size)
    {
        _output = output;
        _index = index;
        _size = size;
        _left = size;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_isOver;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        if ((ulong)buffer.Length > _left)
        {
            _isTooLong = true;
            throw TooLong();
        }

        _output.Write(buffer);
        _left -= (ulong)buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => Write([value]);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Refuses content that is too short, and content that was too long where somebody took the first exception for
    /// theirs.</summary>
    public void Complete()
    {
        if (_isTooLong)
            throw TooLong();

        if (_left != 0)
        {
            throw new InvalidOperationException(
                $"The content of segment {_index} ends {_left} bytes before the segment's size in the file, {_size}.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _isOver = true;
        base.Dispose(disposing);
    }

    private InvalidOperationException TooLong()
        => new($"The content of segment {_index} is longer than the segment's size in the file, {_size} bytes.");
}
