using System.Globalization;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>An address in an <see cref="IAddressSpace"/>, in bytes.</summary>
/// <remarks>
/// One type serves guest-physical, guest-virtual and I/O-virtual addresses: an address means something only in the space it
/// is used with. Arithmetic is checked: <c>+</c> and <c>-</c> throw <see cref="OverflowException"/> where they would wrap,
/// and <see cref="TryAdd"/> answers without throwing, for numbers that a guest chose.
/// </remarks>
public readonly struct GuestAddress : IEquatable<GuestAddress>, IComparable<GuestAddress>, ISpanFormattable
{
    /// <summary>Makes an address from its number.</summary>
    public GuestAddress(ulong value) => Value = value;

    /// <summary>Address 0.</summary>
    public static GuestAddress Zero => default;

    /// <summary>The last address there is, 2^64 − 1.</summary>
    public static GuestAddress Max => new(ulong.MaxValue);

    /// <summary>The address as a number.</summary>
    public ulong Value { get; }

    /// <summary>Makes an address from its number.</summary>
    public static implicit operator GuestAddress(ulong value) => new(value);

    /// <summary>The address <paramref name="bytes"/> higher.</summary>
    /// <exception cref="OverflowException">The result would pass 2^64 − 1.</exception>
    public static GuestAddress operator +(GuestAddress address, ulong bytes) => new(checked(address.Value + bytes));

    /// <summary>The address <paramref name="bytes"/> lower.</summary>
    /// <exception cref="OverflowException">The result would be below 0.</exception>
    public static GuestAddress operator -(GuestAddress address, ulong bytes) => new(checked(address.Value - bytes));

    /// <summary>The distance in bytes from <paramref name="right"/> up to <paramref name="left"/>.</summary>
    /// <exception cref="OverflowException"><paramref name="right"/> is the higher one.</exception>
    public static ulong operator -(GuestAddress left, GuestAddress right) => checked(left.Value - right.Value);

    /// <summary>Whether two addresses are the same number.</summary>
    public static bool operator ==(GuestAddress left, GuestAddress right) => left.Value == right.Value;

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(GuestAddress left, GuestAddress right) => left.Value != right.Value;

    /// <summary>Whether <paramref name="left"/> is the lower address.</summary>
    public static bool operator <(GuestAddress left, GuestAddress right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is the higher address.</summary>
    public static bool operator >(GuestAddress left, GuestAddress right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is not above <paramref name="right"/>.</summary>
    public static bool operator <=(GuestAddress left, GuestAddress right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is not below <paramref name="right"/>.</summary>
    public static bool operator >=(GuestAddress left, GuestAddress right) => left.Value >= right.Value;

    /// <summary>Adds without wrapping; false, and address 0, where the sum would pass 2^64 − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(ulong bytes, out GuestAddress result)
    {
        ulong sum = Value + bytes;
        bool fits = sum >= bytes;
        result = new GuestAddress(fits ? sum : 0);
        return fits;
    }

    /// <summary>Whether the address is a multiple of <paramref name="alignment"/> bytes, a power of two.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public bool IsAligned(ulong alignment) => Alignment.IsAligned(Value, alignment);

    /// <summary>The nearest multiple of <paramref name="alignment"/> that is not above this address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public GuestAddress AlignDown(ulong alignment) => new(Alignment.Down(Value, alignment));

    /// <summary>The nearest multiple of <paramref name="alignment"/> that is not below this address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    /// <exception cref="OverflowException">That multiple is 2^64, which is no address.</exception>
    public GuestAddress AlignUp(ulong alignment) => new(Alignment.Up(Value, alignment));

    /// <summary>Aligns up without throwing; false, and address 0, where the result would be 2^64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is not a power of two.</exception>
    public bool TryAlignUp(ulong alignment, out GuestAddress result)
    {
        bool fits = Alignment.TryUp(Value, alignment, out ulong value);
        result = new GuestAddress(value);
        return fits;
    }

    /// <inheritdoc/>
    public int CompareTo(GuestAddress other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public bool Equals(GuestAddress other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GuestAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The address in hexadecimal, as <c>0x1000</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");

    /// <summary>The address as <paramref name="format"/> says (a format of <see cref="ulong"/>), by default as
    /// <c>0x1000</c>.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider)
        => string.IsNullOrEmpty(format) ? ToString() : Value.ToString(format, formatProvider);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => format.IsEmpty
            ? destination.TryWrite(CultureInfo.InvariantCulture, $"0x{Value:x}", out charsWritten)
            : Value.TryFormat(destination, out charsWritten, format, provider);
}
