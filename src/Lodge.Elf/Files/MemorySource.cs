namespace Lodge.Elf;

/// <summary>A file in memory; nothing of it is copied.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> bytes) : ElfSource(null, bytes.Length)
{
    private volatile bool _isDisposed;

    public override int Read(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(ElfFile));
        if (offset >= bytes.Length)
            return 0;

        int count = (int)Math.Min(destination.Length, bytes.Length - offset);
        bytes.Span.Slice((int)offset, count).CopyTo(destination);
        return count;
    }

    public override ReadOnlyMemory<byte> ReadMemory(long offset, int length, string what)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(ElfFile));
        RequireRange((ulong)offset, (ulong)length, what);
        return bytes.Slice((int)offset, length);
    }

    public override void Dispose() => _isDisposed = true;
}
