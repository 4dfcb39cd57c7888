namespace Lodge.Paging.Tests;

internal static class AArch64Stage1Variants
{
    public static IEnumerable<WalkVariant> All =>
    [
        Variant("4 KiB, 48 and 39 bits", 12, 48, 12, 39),
        Variant("4 KiB, 42 and 25 bits", 12, 42, 12, 25),
        Variant("4 KiB, 16 and 36 bits", 12, 16, 12, 36),
        Variant("16 KiB, 48 and 47 bits", 14, 48, 14, 47),
        Variant("16 KiB, 36 and 25 bits", 14, 36, 14, 25),
        Variant("64 KiB, 48 and 42 bits", 16, 48, 16, 42),
        Variant("64 KiB, 52 and 17 bits", 16, 52, 16, 17),
        Variant("64 KiB, 52 and 48 bits, 52-bit addresses", 16, 52, 16, 48, ips: 6),
        Variant("4 KiB, 52 and 48 bits, DS", 12, 52, 12, 48, hasDs: true),
        Variant("4 KiB, 50 bits, 16 KiB, 52 bits, DS", 12, 50, 14, 52, hasDs: true, ips: 6),
        Variant("16 KiB, 52 and 40 bits, DS", 14, 52, 14, 40, hasDs: true),
        Variant("4 KiB, 48 bits, and 64 KiB, 42 bits", 12, 48, 16, 42),
        Variant("16 KiB, 47 bits, and 4 KiB, 39 bits", 14, 47, 12, 39),
    ];

    private static WalkVariant Variant(
        string name, int lowerShift, int lowerBits, int upperShift, int upperBits, bool hasDs = false, int ips = -1)
        => new(
            $"aarch64 stage 1, {name}",
            (random, keeps) => Make(random, keeps, lowerShift, lowerBits, upperShift, upperBits, hasDs, ips));

    private static WalkCase Make(
        Random random, bool keeps, int lowerShift, int lowerBits, int upperShift, int upperBits, bool hasDs, int ips)
    {
        ulong size = ips >= 0 ? (ulong)ips : (ulong)random.Next(hasDs ? 7 : 6);
        int outputBits = AArch64Entries.OutputBits(size);
        int granule = Math.Max(lowerShift, upperShift);
        var world = new PageWorld(random, granule, outputBits, AArch64Entries.Maker(granule, outputBits, hasDs, isSecond: false));
        ulong tcr = (uint)(64 - lowerBits) | ((ulong)(64 - upperBits) << 16) | (size << 32)
            | (AArch64Entries.LowerGranule(lowerShift) << 14) | (AArch64Entries.UpperGranule(upperShift) << 30)
            | random.Some((1UL << 7) | (1UL << 23), 4)
            | random.Some((3UL << 37) | (3UL << 41), 40)
            | (keeps ? (1UL << 39) | random.Some(1UL << 40, 60) : 0)
            | (hasDs ? 1UL << 59 : 0) | (random.Any() & 0x3f00_3f00);
        var registers = new AArch64Registers
        {
            Tcr = tcr,
            Ttbr0 = NextRegister(random, world, lowerShift, lowerBits, outputBits),
            Ttbr1 = NextRegister(random, world, upperShift, upperBits, outputBits),
            Mair = random.Of<ulong>(0x0000_0004_0044_ffff, 0xbb47_f077_0c08_0400, random.Any()),
            Sctlr = 1 | random.Some(1 << 19, 30),
            Pan = random.Percent(40),
        };
        return new WalkCase(
            world,
            TranslationRegime.FromAArch64(registers),
            mode => new AArch64Stage1Oracle(registers, world.Read, mode),
            from => NextAddress(from, lowerBits, upperBits));
    }

    // With an ASID, and the bits of tables that are smaller than 64 bytes where addresses do not need them.
    private static ulong NextRegister(Random random, PageWorld world, int shift, int bits, int outputBits)
    {
        int resolved = shift;
        while (resolved + (shift - 3) < bits)
            resolved += shift - 3;

        ulong tableBytes = Math.Max(8UL << (bits - resolved), outputBits == 52 ? 64UL : 16);
        return AArch64Entries.BaseRegister(world.NextRoot(random, tableBytes), outputBits)
            | (random.Any() & 0xffff_0000_0000_0001);
    }

    private static ulong NextAddress(Random random, int lowerBits, int upperBits)
    {
        bool isUpper = random.Percent(50);
        ulong address = random.NextBelow(isUpper ? upperBits : lowerBits, isUpper);
        return random.Percent(20) ? address ^ (random.Any() << 56) : address;
    }
}
