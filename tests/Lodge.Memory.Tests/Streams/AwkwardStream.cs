namespace Lodge.Memory.Tests;

/// <summary>A stream that gives and takes a few bytes at a time, and fails where a test says.</summary>
internal sealed class AwkwardStream(byte[] content, int mostAtOnce, int failAt = int.MaxValue) : PipeStream
{
    private int _position;

    public MemoryStream Written { get; } = new();

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, mostAtOnce), content.Length - _position);
        content.AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return _position <= failAt ? count : throw new IOException("The line went dead in the middle of a block.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Written.Write(buffer);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
    }
}
