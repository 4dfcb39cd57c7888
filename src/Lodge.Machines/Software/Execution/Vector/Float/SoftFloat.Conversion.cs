using static Lodge.Machines.MxcsrBits;

namespace Lodge.Machines;

/// <content>Conversions.</content>
internal static unsafe partial class SoftFloat<T>
{
    /// <summary>The number that is nearest to an integer.</summary>
    public static ulong FromInteger(long value, ref FloatStatus status)
    {
        if (value == 0)
            return 0;

        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return Round(value < 0, 0, magnitude, ref status);
    }

    /// <summary>The integer that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="bytes">4 or 8: the integer's size.</param>
    /// <param name="truncates">Whether it is rounded toward zero in any case.</param>
    /// <param name="status">The mode, and the exceptions.</param>
    /// <returns>In its lowest bytes; the smallest integer where there is none.</returns>
    public static ulong ToInteger(ulong value, int bytes, bool truncates, ref FloatStatus status)
    {
        ulong smallest = 1UL << ((8 * bytes) - 1);
        bool isNegative = (value & SignBit) != 0;
        value = Flush(value, status);
        Unpack(value, out int exponent, out ulong significand);
        if (IsNaN(value) || IsInfinite(value) || (exponent > 0 && exponent + FractionBits > 63))
        {
            status.Raise(Invalid);
            return smallest;
        }

        FloatRounding rounding = truncates ? FloatRounding.TowardZero : status.Rounding;
        ulong magnitude = RoundAt(significand, -exponent, isNegative, rounding, out bool isInexact);
        if (magnitude > (isNegative ? smallest : smallest - 1))
        {
            status.Raise(Invalid);
            return smallest;
        }

        if (isInexact)
            status.Raise(Precision);

        ulong result = isNegative ? 0 - magnitude : magnitude;
        return bytes == 4 ? (uint)result : result;
    }

    /// <summary>The number of this format for one of another.</summary>
    public static ulong From<TOther>(ulong value, ref FloatStatus status) where TOther : unmanaged
    {
        ulong sign = (value & SoftFloat<TOther>.SignBit) != 0 ? SignBit : 0;
        int more = FractionBits - SoftFloat<TOther>.FractionBits;
        if (SoftFloat<TOther>.IsNaN(value))
        {
            SoftFloat<TOther>.NoteSignaling(value, ref status);
            ulong fraction = value & SoftFloat<TOther>.FractionMask;
            return sign | Infinity | QuietBit | (more > 0 ? fraction << more : fraction >> -more);
        }

        value = SoftFloat<TOther>.Flush(value, status);
        SoftFloat<TOther>.NoteDenormal(value, ref status);
        if (SoftFloat<TOther>.IsInfinite(value))
            return sign | Infinity;

        SoftFloat<TOther>.Unpack(value, out int exponent, out ulong significand);
        return significand == 0 ? sign : Round(sign != 0, exponent, significand, ref status);
    }
}
