using System.Numerics;

namespace Lodge.Memory;

/// <summary>The size of a page in bytes: a power of two of at least 4 KiB.</summary>
public readonly struct PageSize : IEquatable<PageSize>
{
    private const int MinimumShift = 12;

    // Kept as the distance from 4 KiB, so that the default value is a valid page size.
    private readonly byte _shiftAbove4K;

    private PageSize(int shift) => _shiftAbove4K = (byte)(shift - MinimumShift);

    /// <summary>4 KiB, which is also the default value of this type.</summary>
    public static PageSize Size4K => new(12);

    /// <summary>16 KiB.</summary>
    public static PageSize Size16K => new(14);

    /// <summary>64 KiB.</summary>
    public static PageSize Size64K => new(16);

    /// <summary>2 MiB.</summary>
    public static PageSize Size2M => new(21);

    /// <summary>1 GiB.</summary>
    public static PageSize Size1G => new(30);

    /// <summary>The page size of the system that this process runs on.</summary>
    public static PageSize Host { get; } = FromBytes((ulong)Environment.SystemPageSize);

    /// <summary>The size in bytes.</summary>
    public ulong Bytes => 1UL << Shift;

    /// <summary>The size's logarithm to base 2: 12 for 4 KiB.</summary>
    public int Shift => _shiftAbove4K + MinimumShift;

    /// <summary>Whether two sizes are the same.</summary>
    public static bool operator ==(PageSize left, PageSize right) => left.Equals(right);

    /// <summary>Whether two sizes differ.</summary>
    public static bool operator !=(PageSize left, PageSize right) => !left.Equals(right);

    /// <summary>A page size of <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a power of two, or below 4 KiB.</exception>
    public static PageSize FromBytes(ulong bytes)
    {
        if (!BitOperations.IsPow2(bytes) || bytes < 1UL << MinimumShift)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "A page size is a power of two of at least 4096 bytes.");

        return new PageSize(BitOperations.Log2(bytes));
    }

    /// <summary>How many pages hold <paramref name="bytes"/> bytes, the last one perhaps in part.</summary>
    public ulong PagesFor(ulong bytes) => (bytes >> Shift) + ((bytes & (Bytes - 1)) != 0 ? 1UL : 0);

    /// <inheritdoc/>
    public bool Equals(PageSize other) => _shiftAbove4K == other._shiftAbove4K;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageSize other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _shiftAbove4K;

    /// <summary>The size with its unit, as <c>4 KiB</c>.</summary>
    public override string ToString() => Shift switch
    {
        < 20 => $"{Bytes >> 10} KiB",
        < 30 => $"{Bytes >> 20} MiB",
        _ => $"{Bytes >> 30} GiB",
    };
}
