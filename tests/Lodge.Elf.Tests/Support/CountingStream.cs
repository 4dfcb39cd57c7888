namespace Lodge.Elf.Tests;

/// <summary>A stream that keeps nothing, counts what it gets, and can do nothing else; it keeps the first bytes.</summary>
internal sealed class CountingStream(int kept) : Stream
{
    private readonly byte[] _start = new byte[kept];

    public long Count { get; private set; }

    public ReadOnlyMemory<byte> Start => _start;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Count < _start.Length)
            buffer[..(int)Math.Min(buffer.Length, _start.Length - Count)].CopyTo(_start.AsSpan((int)Count));

        Count += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
