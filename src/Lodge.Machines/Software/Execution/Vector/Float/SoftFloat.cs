using static Lodge.Machines.MxcsrBits;

namespace Lodge.Machines;

/// <summary>Arithmetic on IEEE 754 numbers as SSE does it, in integers: every rounding mode, every exception, and which NaN comes
/// out (Intel SDM, volume 1, 4.8, 4.9 and 11.5).</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>A number is its bits, in the lowest of a <see cref="ulong"/>.</remarks>
internal static unsafe partial class SoftFloat<T> where T : unmanaged
{
    private static int FractionBits => sizeof(T) == sizeof(float) ? 23 : 52;

    private static int ExponentMask => sizeof(T) == sizeof(float) ? 0xFF : 0x7FF;

    private static int Bias => ExponentMask >> 1;

    private static ulong FractionMask => (1UL << FractionBits) - 1;

    private static ulong SignBit => 1UL << ((8 * sizeof(T)) - 1);

    private static ulong QuietBit => 1UL << (FractionBits - 1);

    private static ulong Infinity => (ulong)ExponentMask << FractionBits;

    /// <summary>What invalid operations give.</summary>
    private static ulong Indefinite => SignBit | Infinity | QuietBit;

    public static ulong Add(ulong a, ulong b, ref FloatStatus status)
        => IsNaN(a) || IsNaN(b) ? Propagate(a, b, ref status) : AddNumbers(a, b, ref status);

    public static ulong Subtract(ulong a, ulong b, ref FloatStatus status)
        => IsNaN(a) || IsNaN(b) ? Propagate(a, b, ref status) : AddNumbers(a, b ^ SignBit, ref status);

    public static ulong Multiply(ulong a, ulong b, ref FloatStatus status)
    {
        if (IsNaN(a) || IsNaN(b))
            return Propagate(a, b, ref status);

        a = Flush(a, status);
        b = Flush(b, status);
        ulong sign = (a ^ b) & SignBit;
        if ((IsInfinite(a) && IsZero(b)) || (IsZero(a) && IsInfinite(b)))
            return RaiseInvalid(ref status);

        NoteDenormal(a, ref status);
        NoteDenormal(b, ref status);
        if (IsInfinite(a) || IsInfinite(b))
            return sign | Infinity;

        Unpack(a, out int exponentA, out ulong significandA);
        Unpack(b, out int exponentB, out ulong significandB);
        UInt128 product = (UInt128)significandA * significandB;
        return product == 0 ? sign : Round(sign != 0, exponentA + exponentB, product, ref status);
    }

    public static ulong Divide(ulong a, ulong b, ref FloatStatus status)
    {
        if (IsNaN(a) || IsNaN(b))
            return Propagate(a, b, ref status);

        a = Flush(a, status);
        b = Flush(b, status);
        ulong sign = (a ^ b) & SignBit;
        if ((IsInfinite(a) && IsInfinite(b)) || (IsZero(a) && IsZero(b)))
            return RaiseInvalid(ref status);

        if (IsZero(b) && !IsInfinite(a))
        {
            status.Raise(DivideByZero);
            return sign | Infinity;
        }

        NoteDenormal(a, ref status);
        NoteDenormal(b, ref status);
        if (IsInfinite(a))
            return sign | Infinity;

        if (IsInfinite(b) || IsZero(a))
            return sign;

        UnpackHigh(a, out int exponentA, out ulong significandA);
        UnpackHigh(b, out int exponentB, out ulong significandB);

        // 63 or 64 bits of a quotient, of which the lowest says whether something is left over.
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem((UInt128)significandA << 63, significandB);
        return Round(sign != 0, exponentA - exponentB - 63, quotient | (rest == 0 ? 0u : 1u), ref status);
    }

    public static ulong SquareRoot(ulong value, ref FloatStatus status)
    {
        if (IsNaN(value))
            return Propagate(value, value, ref status);

        value = Flush(value, status);
        if (IsZero(value))
            return value;

        if ((value & SignBit) != 0)
            return RaiseInvalid(ref status);

        NoteDenormal(value, ref status);
        if (IsInfinite(value))
            return value;

        // The root of an even power of two is one, and the significand has zeros at its end.
        UnpackHigh(value, out int exponent, out ulong significand);
        if ((exponent & 1) != 0)
        {
            significand >>= 1;
            exponent++;
        }

        UInt128 square = (UInt128)significand << 62;
        ulong root = RootOf(square);
        ulong rest = (UInt128)root * root == square ? 0u : 1u;
        return Round(isNegative: false, (exponent - 62) / 2, root | rest, ref status);
    }

    private static ulong AddNumbers(ulong a, ulong b, ref FloatStatus status)
    {
        a = Flush(a, status);
        b = Flush(b, status);
        ulong signA = a & SignBit;
        ulong signB = b & SignBit;
        if (IsInfinite(a) && IsInfinite(b) && signA != signB)
            return RaiseInvalid(ref status);

        NoteDenormal(a, ref status);
        NoteDenormal(b, ref status);
        if (IsInfinite(a))
            return a;

        if (IsInfinite(b))
            return b;

        Unpack(a, out int exponentA, out ulong significandA);
        Unpack(b, out int exponentB, out ulong significandB);
        int exponent = Math.Max(exponentA, exponentB);

        // 64 bits below the larger number's last: what is shifted out of them only counts as being there.
        UInt128 wideA = ShiftRight((UInt128)significandA << 64, exponent - exponentA);
        UInt128 wideB = ShiftRight((UInt128)significandB << 64, exponent - exponentB);
        if (signA == signB)
            return wideA == 0 && wideB == 0 ? signA : Round(signA != 0, exponent - 64, wideA + wideB, ref status);

        if (wideA == wideB)
            return status.Rounding == FloatRounding.Down ? SignBit : 0;

        return wideA > wideB
            ? Round(signA != 0, exponent - 64, wideA - wideB, ref status)
            : Round(signB != 0, exponent - 64, wideB - wideA, ref status);
    }

    private static bool IsNaN(ulong value) => (value & ~SignBit) > Infinity;

    private static bool IsInfinite(ulong value) => (value & ~SignBit) == Infinity;

    private static bool IsZero(ulong value) => (value & ~SignBit) == 0;

    private static bool IsDenormal(ulong value) => !IsZero(value) && (value & Infinity) == 0;

    private static void NoteDenormal(ulong value, ref FloatStatus status)
    {
        if (IsDenormal(value))
            status.Raise(Denormal);
    }

    private static ulong Flush(ulong value, in FloatStatus status)
        => status.DenormalsAreZero && IsDenormal(value) ? value & SignBit : value;

    /// <summary>The first of two operands that is a NaN, as one that does not signal.</summary>
    private static ulong Propagate(ulong a, ulong b, ref FloatStatus status)
    {
        NoteSignaling(a, ref status);
        NoteSignaling(b, ref status);
        return (IsNaN(a) ? a : b) | QuietBit;
    }

    private static void NoteSignaling(ulong value, ref FloatStatus status)
    {
        if (IsNaN(value) && (value & QuietBit) == 0)
            status.Raise(Invalid);
    }

    private static ulong RaiseInvalid(ref FloatStatus status)
    {
        status.Raise(Invalid);
        return Indefinite;
    }

    /// <summary>A finite number as an integer times a power of two.</summary>
    private static void Unpack(ulong value, out int exponent, out ulong significand)
    {
        int field = (int)(value >> FractionBits) & ExponentMask;
        significand = (value & FractionMask) | (field == 0 ? 0 : FractionMask + 1);
        exponent = Math.Max(field, 1) - Bias - FractionBits;
    }

    /// <summary>A finite number that is not zero as an integer with the highest of 64 bits set, times a power of two.</summary>
    private static void UnpackHigh(ulong value, out int exponent, out ulong significand)
    {
        Unpack(value, out exponent, out significand);
        int unused = System.Numerics.BitOperations.LeadingZeroCount(significand);
        significand <<= unused;
        exponent -= unused;
    }

    /// <summary>The integer part of a square root.</summary>
    private static ulong RootOf(UInt128 square)
    {
        // An estimate of 53 bits and a step of Newton's are off by one at most.
        var root = (ulong)Math.Sqrt((double)square);
        root = (ulong)((root + (square / root)) >> 1);
        while ((UInt128)root * root > square)
            root--;

        while ((UInt128)(root + 1) * (root + 1) <= square)
            root++;

        return root;
    }
}
