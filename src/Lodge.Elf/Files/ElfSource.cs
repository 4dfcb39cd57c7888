namespace Lodge.Elf;

/// <summary>Where a file's bytes come from.</summary>
internal abstract class ElfSource : IDisposable
{
    protected ElfSource(string? path, long length)
    {
        Path = path;
        Length = length;
    }

    public string? Path { get; }

    /// <summary>The length in bytes when it was opened. A file on disk may have become shorter since.</summary>
    public long Length { get; }

    /// <summary>Reads up to the end; fewer bytes than wanted only there.</summary>
    public abstract int Read(long offset, Span<byte> destination);

    /// <summary>Bytes that stay; the caller has checked that they lie in the file, and that they are not too many.</summary>
    public abstract ReadOnlyMemory<byte> ReadMemory(long offset, int length, string what);

    public abstract void Dispose();

    public void ReadExactly(long offset, Span<byte> destination, string what)
    {
        RequireRange((ulong)offset, (ulong)destination.Length, what);
        int read = Read(offset, destination);
        if (read < destination.Length)
        {
            throw Error($"{what} at offset 0x{offset:x} is {destination.Length} bytes long, but the file ends after {read} of "
                + $"them; it was {Length} bytes long when it was opened.");
        }
    }

    public bool Contains(ulong offset, ulong size) => offset <= (ulong)Length && size <= (ulong)Length - offset;

    public void RequireRange(ulong offset, ulong size, string what)
    {
        if (!Contains(offset, size))
            throw Error($"{what} at offset 0x{offset:x} with 0x{size:x} bytes does not lie in the file, which has 0x{Length:x}.");
    }

    public ElfException Error(string message) => new(Path, message);
}
