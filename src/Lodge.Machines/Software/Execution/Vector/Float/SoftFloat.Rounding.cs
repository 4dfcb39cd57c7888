using static Lodge.Machines.MxcsrBits;

namespace Lodge.Machines;

/// <content>From an exact value to a number.</content>
internal static unsafe partial class SoftFloat<T>
{
    /// <summary>Rounds a value that is not zero.</summary>
    /// <param name="isNegative">Its sign.</param>
    /// <param name="exponent">The power of two that <paramref name="significand"/> is multiplied with.</param>
    /// <param name="significand">An integer. Its lowest bit may stand for all that is below it, if there are at least two bits
    /// more than the number has.</param>
    /// <param name="status">The mode, and the exceptions.</param>
    public static ulong Round(bool isNegative, int exponent, UInt128 significand, ref FloatStatus status)
    {
        ulong sign = isNegative ? SignBit : 0;
        int top = 127 - (int)UInt128.LeadingZeroCount(significand);
        int shift = top - FractionBits;
        int field = exponent + top + Bias;

        // As if there were no smallest and no largest exponent: that tells whether the result is tiny or too large.
        ulong rounded = RoundAt(significand, shift, isNegative, status.Rounding, out bool isInexact);
        int roundedField = field;
        if (rounded > ((FractionMask << 1) | 1))
        {
            rounded >>= 1;
            roundedField++;
        }

        bool isTiny = roundedField < 1;
        if (isTiny && status.IsMasked(Underflow))
            return RoundTiny(sign, significand, shift + 1 - field, ref status);

        if (isInexact)
            status.Raise(Precision);

        if (isTiny)
        {
            // Nobody gets a result, and inexact is only what would be so without a smallest exponent.
            status.Raise(Underflow);
            return sign;
        }

        return roundedField < ExponentMask
            ? sign | ((ulong)roundedField << FractionBits) | (rounded & FractionMask)
            : sign | Overflowing(isNegative, ref status);
    }

    private static ulong RoundTiny(ulong sign, UInt128 significand, int shift, ref FloatStatus status)
    {
        if (status.FlushesToZero)
        {
            status.Raise(Underflow | Precision);
            return sign;
        }

        ulong rounded = RoundAt(significand, shift, sign != 0, status.Rounding, out bool isInexact);
        if (isInexact)
            status.Raise(Underflow | Precision);

        // What is rounded up to the smallest normal number has its encoding.
        return sign | rounded;
    }

    private static ulong Overflowing(bool isNegative, ref FloatStatus status)
    {
        status.Raise(status.IsMasked(Overflow) ? Overflow | Precision : Overflow);
        bool isInfinite = status.Rounding switch
        {
            FloatRounding.NearestEven => true,
            FloatRounding.Down => isNegative,
            FloatRounding.Up => !isNegative,
            _ => false,
        };
        return isInfinite ? Infinity : Infinity - 1;
    }

    /// <summary>Rounds an integer to a multiple of a power of two, and divides it by that.</summary>
    private static ulong RoundAt(UInt128 value, int shift, bool isNegative, FloatRounding rounding, out bool isInexact)
    {
        isInexact = false;
        if (shift <= 0)
            return (ulong)(value << -shift);

        UInt128 quotient = shift < 128 ? value >> shift : 0;
        UInt128 rest = shift < 128 ? value - (quotient << shift) : value;
        if (rest == 0)
            return (ulong)quotient;

        isInexact = true;
        bool isUp = rounding switch
        {
            FloatRounding.NearestEven => shift <= 128 && IsNearerAbove(rest, UInt128.One << (shift - 1), quotient),
            FloatRounding.Down => isNegative,
            FloatRounding.Up => !isNegative,
            _ => false,
        };
        return (ulong)quotient + (isUp ? 1UL : 0);
    }

    private static bool IsNearerAbove(UInt128 rest, UInt128 half, UInt128 quotient)
        => rest > half || (rest == half && UInt128.IsOddInteger(quotient));

    /// <summary>Shifts to the right; the lowest bit then stands for all that went.</summary>
    private static UInt128 ShiftRight(UInt128 value, int count)
    {
        if (count == 0)
            return value;

        if (count >= 128)
            return value == 0 ? 0u : 1u;

        UInt128 shifted = value >> count;
        return shifted << count == value ? shifted : shifted | 1;
    }
}
