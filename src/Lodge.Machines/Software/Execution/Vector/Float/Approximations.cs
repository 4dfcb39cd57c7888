using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>rcpss</c> and <c>rsqrtss</c> for hosts that do not have them: the exact result rounded to 12 bits, which is better
/// than the relative error of 1.5 * 2^-12 that is promised (Intel SDM, volume 2, RCPPS and RSQRTPS).</summary>
internal static unsafe class Approximations
{
    private const uint SignBit = 1u << 31;
    private const uint QuietBit = 1u << 22;
    private const uint Indefinite = 0xFFC0_0000;
    private const uint Infinity = 0x7F80_0000;

    // Of 23 bits of a fraction 11 stay.
    private const uint DroppedBits = (1u << 12) - 1;

    public static Vector128<float> OfEach(Vector128<float> value, delegate*<float, float> approximate) => Vector128.Create(
        approximate(value.GetElement(0)),
        approximate(value.GetElement(1)),
        approximate(value.GetElement(2)),
        approximate(value.GetElement(3)));

    public static float Reciprocal(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return BitConverter.UInt32BitsToSingle(bits | QuietBit);

        // Denormal operands count as zero, whatever MXCSR says, and so do results.
        if (value == 0 || float.IsSubnormal(value))
            return BitConverter.UInt32BitsToSingle((bits & SignBit) | Infinity);

        float result = 1 / value;
        return float.IsNormal(result) ? Shorten(result) : BitConverter.UInt32BitsToSingle(bits & SignBit);
    }

    public static float ReciprocalSquareRoot(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return BitConverter.UInt32BitsToSingle(bits | QuietBit);

        if (value == 0 || float.IsSubnormal(value))
            return BitConverter.UInt32BitsToSingle((bits & SignBit) | Infinity);

        if (value < 0)
            return BitConverter.UInt32BitsToSingle(Indefinite);

        return float.IsPositiveInfinity(value) ? 0 : Shorten((float)(1 / Math.Sqrt(value)));
    }

    private static float Shorten(float value)
        => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + ((DroppedBits + 1) / 2)) & ~DroppedBits);
}
