namespace Lodge.Elf.Tests;

/// <summary>A stream that counts what it gets, and keeps the first bytes.</summary>
internal sealed class CountingStream(int kept) : PipeStream
{
    private readonly byte[] _start = new byte[kept];

    public long Count { get; private set; }

    public ReadOnlyMemory<byte> Start => _start;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Count < _start.Length)
            buffer[..(int)Math.Min(buffer.Length, _start.Length - Count)].CopyTo(_start.AsSpan((int)Count));

        Count += buffer.Length;
    }
}
