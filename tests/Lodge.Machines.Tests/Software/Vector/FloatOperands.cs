using System.Globalization;

namespace Lodge.Machines.Tests;

/// <summary>Numbers of which many are where something happens.</summary>
internal static class FloatOperands
{
    private static readonly float[] Singles =
    [
        0f, -0f, 1f, -1f, 0.5f, 1.5f, 2.5f, -2.5f, 3f, 1f / 3, float.Epsilon, -float.Epsilon, 1.1754942E-38f, 1.17549435E-38f,
        1.1754945E-38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, 2147483520f, 2147483648f,
        -2147483648f, -2147483904f, 9.223372E+18f, -9.223372E+18f, 9.2233715E+18f, 1e20f, 0.99999994f, 16777215f, 16777217f,
        1e-20f,
    ];

    private static readonly uint[] SingleNaNs =
        [0x7FC0_0000, 0xFFC0_0000, 0x7FC1_2345, 0xFFFF_FFFF, 0x7F80_0001, 0xFFA0_1234, 0x7FBF_FFFF];

    private static readonly double[] Doubles =
    [
        0d, -0d, 1d, -1d, 0.5, 1.5, 2.5, -2.5, 3, 1d / 3, double.Epsilon, -double.Epsilon, 2.2250738585072009E-308,
        2.2250738585072014E-308, 2.2250738585072019E-308, double.MaxValue, double.MinValue, double.PositiveInfinity,
        double.NegativeInfinity, 2147483647, 2147483647.5, 2147483648, -2147483648, -2147483648.5, -2147483649,
        9.2233720368547748E+18, 9.2233720368547758E+18, -9.2233720368547758E+18, -9.2233720368547779E+18, 1e300, 1e-300,
        3.4028234663852886E+38, 3.4028235677973366E+38, 1.1754943508222875E-38, 1.1754942807573643E-38, 1.401298464324817E-45,
        7.0064923216240854E-46, 1e-50, 1.00000005960464477539, 1.00000017881393432617,
    ];

    private static readonly ulong[] DoubleNaNs =
    [
        0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000, 0x7FF8_1234_5678_9ABC, 0xFFFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0001,
        0xFFF4_0000_2000_0000, 0x7FF7_FFFF_FFFF_FFFF,
    ];

    public static uint Single(Random random) => random.Next(8) switch
    {
        0 or 1 => BitConverter.SingleToUInt32Bits(Singles[random.Next(Singles.Length)]),
        2 when random.Next(2) == 0 => SingleNaNs[random.Next(SingleNaNs.Length)],
        3 => (uint)random.NextInt64(),
        4 => BitConverter.SingleToUInt32Bits(random.Next(-1000, 1000)),

        // Products and quotients near to the smallest and the largest numbers.
        5 => Build32(random, 0x3F - 13 + random.Next(26)),
        6 => Build32(random, random.Next(2) == 0 ? random.Next(30) : 0xFE - random.Next(3)),
        _ => Build32(random, 0x7F - 26 + random.Next(60)),
    };

    public static ulong Double(Random random) => random.Next(8) switch
    {
        0 or 1 => BitConverter.DoubleToUInt64Bits(Doubles[random.Next(Doubles.Length)]),
        2 when random.Next(2) == 0 => DoubleNaNs[random.Next(DoubleNaNs.Length)],
        3 => (ulong)random.NextInt64() << random.Next(2),
        4 => BitConverter.DoubleToUInt64Bits(random.Next(-1000, 1000)),
        5 => Build64(random, 0x1FF - 27 + random.Next(54)),

        // As singles they are at an edge.
        6 => Build64(random, random.Next(3) switch
        {
            0 => random.Next(60),
            1 => 0x7FE - random.Next(3),
            _ => 0x3FF - 155 + random.Next(34),
        }),
        _ => Build64(random, 0x3FF - 55 + random.Next(120)),
    };

    public static UInt128 Singles4(Random random)
        => Pair(Single(random) | ((ulong)Single(random) << 32), Single(random) | ((ulong)Single(random) << 32));

    public static UInt128 Doubles2(Random random) => Pair(Double(random), Double(random));

    public static UInt128 Integers(Random random) => Pair(Integer(random), Integer(random));

    /// <summary>Rounds for a test that compares with an oracle; more where the environment says so.</summary>
    public static int Rounds(int usual)
        => int.TryParse(Environment.GetEnvironmentVariable("LODGE_SSE_ROUNDS"), CultureInfo.InvariantCulture, out int rounds)
            ? rounds
            : usual;

    private static ulong Integer(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => (ulong)random.Next(-3, 3),
        2 => (ulong)random.NextInt64() >> random.Next(64),
        3 => 0UL - ((ulong)random.NextInt64() >> random.Next(64)),
        4 => random.Next(2) == 0 ? 0x8000_0000_0000_0000 : 0x7FFF_FFFF_FFFF_FFFF,
        _ => ((1UL << random.Next(64)) + (ulong)random.Next(-1, 2)) ^ (random.Next(2) == 0 ? 0 : 0x8000_0000),
    };

    private static UInt128 Pair(ulong low, ulong high) => new(high, low);

    private static uint Build32(Random random, int exponent)
        => ((uint)random.Next(2) << 31) | ((uint)exponent << 23) | Fraction(random, 23);

    private static ulong Build64(Random random, int exponent)
        => ((ulong)random.Next(2) << 63) | ((ulong)exponent << 52) | ((ulong)Fraction(random, 20) << 32)
            | (random.Next(3) == 0 ? 0 : (uint)random.NextInt64());

    private static uint Fraction(Random random, int bits) => random.Next(4) switch
    {
        0 => 0,
        1 => (1u << bits) - 1,
        2 => (uint)random.Next(1 << bits) & ~((1u << random.Next(bits)) - 1),
        _ => (uint)random.Next(1 << bits),
    };
}
