using System.Diagnostics.CodeAnalysis;

namespace Lodge.Memory;

/// <summary>A run of addresses: where it starts and how many bytes it has. It never wraps.</summary>
/// <remarks>
/// A range may end exactly at 2^64, which is no address; so a range tells its <see cref="Last"/> address and not the one
/// behind it. The longest range has 2^64 − 1 bytes.
/// </remarks>
public readonly struct GuestRange : IEquatable<GuestRange>
{
    /// <summary>The range of <paramref name="length"/> bytes from <paramref name="start"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range would pass 2^64.</exception>
    public GuestRange(GuestAddress start, ulong length)
    {
        if (!Fits(start, length))
            ThrowWraps(start, length);

        Start = start;
        Length = length;
    }

    /// <summary>The first address. An empty range has one too.</summary>
    public GuestAddress Start { get; }

    /// <summary>The length in bytes.</summary>
    public ulong Length { get; }

    /// <summary>Whether the range has no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The last address in the range.</summary>
    /// <exception cref="InvalidOperationException">The range is empty.</exception>
    public GuestAddress Last => Length != 0 ? new GuestAddress(Start.Value + (Length - 1)) : ThrowEmpty();

    /// <summary>Whether two ranges have the same start and length.</summary>
    public static bool operator ==(GuestRange left, GuestRange right) => left.Equals(right);

    /// <summary>Whether two ranges differ.</summary>
    public static bool operator !=(GuestRange left, GuestRange right) => !left.Equals(right);

    /// <summary>The range without throwing; false, and an empty range, where it would pass 2^64.</summary>
    public static bool TryCreate(GuestAddress start, ulong length, out GuestRange range)
    {
        bool fits = Fits(start, length);
        range = fits ? new GuestRange(start, length) : default;
        return fits;
    }

    /// <summary>The range from <paramref name="first"/> to <paramref name="last"/>, both in it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="last"/> is below <paramref name="first"/>, or the range
    /// would have 2^64 bytes.</exception>
    public static GuestRange FromInclusive(GuestAddress first, GuestAddress last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        ulong distance = last.Value - first.Value;
        ArgumentOutOfRangeException.ThrowIfEqual(distance, ulong.MaxValue, nameof(last));
        return new GuestRange(first, distance + 1);
    }

    /// <summary>Whether <paramref name="address"/> lies in the range.</summary>
    public bool Contains(GuestAddress address) => address.Value - Start.Value < Length;

    /// <summary>Whether every byte of <paramref name="other"/> lies in the range. An empty range lies where its start does,
    /// or at the end.</summary>
    public bool Contains(GuestRange other)
    {
        // The first comparison is for a range that ends at 2^64: there, address 0 looks like the end.
        ulong offset = unchecked(other.Start.Value - Start.Value);
        return other.Start >= Start && offset <= Length && other.Length <= Length - offset;
    }

    /// <summary>Whether the two ranges have a byte in common.</summary>
    public bool Overlaps(GuestRange other)
        => Length != 0 && other.Length != 0
            && (other.Start.Value - Start.Value < Length || Start.Value - other.Start.Value < other.Length);

    /// <summary>The bytes that lie in both ranges; empty where there are none.</summary>
    public GuestRange Intersect(GuestRange other)
    {
        if (!Overlaps(other))
            return default;

        GuestAddress first = Start > other.Start ? Start : other.Start;
        GuestAddress last = Last < other.Last ? Last : other.Last;
        return new GuestRange(first, last.Value - first.Value + 1);
    }

    /// <summary>Whether start and length are both multiples of <paramref name="alignment"/>, a power of two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public bool IsAligned(ulong alignment)
        => Alignment.IsAligned(Start.Value, alignment) && Alignment.IsAligned(Length, alignment);

    /// <inheritdoc/>
    public bool Equals(GuestRange other) => Start == other.Start && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GuestRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Start, Length);

    /// <summary>The range as <c>[0x1000, +0x200)</c>: its start, and its length in hexadecimal.</summary>
    public override string ToString() => $"[{Start}, +0x{Length:x})";

    // The sum may be 2^64 (it wraps to 0) but nothing beyond.
    private static bool Fits(GuestAddress start, ulong length) => length == 0 || start.Value <= ulong.MaxValue - (length - 1);

    [DoesNotReturn]
    private static void ThrowWraps(GuestAddress start, ulong length)
        => throw new ArgumentOutOfRangeException(nameof(length), length, $"0x{length:x} bytes from {start} pass 2^64.");

    [DoesNotReturn]
    private static GuestAddress ThrowEmpty() => throw new InvalidOperationException("An empty range has no last address.");
}
