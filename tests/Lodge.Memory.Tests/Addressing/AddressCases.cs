namespace Lodge.Memory.Tests;

/// <summary>Numbers where address arithmetic goes wrong, and as many random ones as wanted.</summary>
internal static class AddressCases
{
    /// <summary>2^64, which is where an address space ends and no address.</summary>
    public static readonly UInt128 End = (UInt128)1 << 64;

    public static readonly ulong[] Edges =
    [
        0, 1, 2, 7, 8, 4095, 4096, 4097, (1UL << 31) - 1, 1UL << 31, (1UL << 32) - 1, 1UL << 32, (1UL << 32) + 1,
        (1UL << 63) - 1, 1UL << 63, (1UL << 63) + 1, ulong.MaxValue - (1UL << 32), ulong.MaxValue - 4096, ulong.MaxValue - 4095,
        ulong.MaxValue - 1, ulong.MaxValue,
    ];

    /// <summary>Half of the time an edge or near one, half of the time a number of random width.</summary>
    public static ulong Next(Random random) => random.Next(4) switch
    {
        0 => Edges[random.Next(Edges.Length)],
        1 => unchecked(Edges[random.Next(Edges.Length)] + (ulong)random.Next(-3, 4)),
        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
    };

    /// <summary>A range that is possible, of any length from 0 to 2^64 − 1.</summary>
    public static GuestRange NextRange(Random random)
    {
        ulong start = Next(random);
        UInt128 most = UInt128.Min(End - start, ulong.MaxValue);
        UInt128 length = random.Next(4) == 0 ? most : UInt128.Min(Next(random), most);
        return new GuestRange(start, (ulong)length);
    }

    /// <summary>The address behind a range, which may be 2^64.</summary>
    public static UInt128 EndOf(GuestRange range) => (UInt128)range.Start.Value + range.Length;
}
