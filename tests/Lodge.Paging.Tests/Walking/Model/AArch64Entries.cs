namespace Lodge.Paging.Tests;

/// <summary>Descriptors that are mostly good, for tables of generated cases.</summary>
internal static class AArch64Entries
{
    public static Func<Random, ulong, ulong> Maker(int granuleShift, int outputBits, bool hasDs, bool isSecond)
        => (random, target) =>
    {
        ulong entry = random.Of<ulong>(0, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3)
            | random.Some(1 << 10, 85)
            | random.Some(0x08cc, 45)
            | random.Some(isSecond ? 0x30UL : 0x10, 50)
            | random.Some(1UL << 51, 35)
            | random.Some((3UL << 53) | (0xf1UL << 52), 25)
            | random.Some(0xfUL << 60, 10);
        if (!hasDs)
            entry |= random.Some(3 << 8, 50);

        return random.Damaged(entry | AddressBits(target, granuleShift, outputBits, hasDs));
    };

    /// <summary>A translation table base register that leads to an address.</summary>
    public static ulong BaseRegister(ulong address, int outputBits)
        => outputBits == 52 ? (address & 0x0000_ffff_ffff_ffc0) | ((address >> 48) << 2) : address;

    /// <summary>What IPS and PS mean.</summary>
    public static int OutputBits(ulong field) => field switch
    {
        0 => 32,
        1 => 36,
        2 => 40,
        3 => 42,
        4 => 44,
        5 => 48,
        _ => 52,
    };

    /// <summary>TG0 for the shift of a granule.</summary>
    public static ulong LowerGranule(int shift) => shift == 12 ? 0UL : shift == 14 ? 2UL : 1;

    /// <summary>TG1 for the shift of a granule.</summary>
    public static ulong UpperGranule(int shift) => shift == 12 ? 2UL : shift == 14 ? 1UL : 3;

    private static ulong AddressBits(ulong address, int granuleShift, int outputBits, bool hasDs)
    {
        if (granuleShift == 16 && outputBits == 52)
            return (address & 0x0000_ffff_ffff_0000) | ((address >> 48 & 15) << 12);

        return hasDs ? (address & 0x0003_ffff_ffff_f000) | ((address >> 50 & 3) << 8) : address & 0x0000_ffff_ffff_f000;
    }
}
