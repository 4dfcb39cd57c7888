namespace Lodge.Paging.Tests;

internal static class AArch64Stage2Variants
{
    private const ulong Ds = 1UL << 32, Sl2 = 1UL << 33;

    public static IEnumerable<WalkVariant> All =>
    [
        Variant("4 KiB, 34 bits from level 2", 12, 0, 34),
        Variant("4 KiB, 40 bits from level 1", 12, 1, 40),
        Variant("4 KiB, 43 bits from level 1", 12, 1, 43),
        Variant("4 KiB, 48 bits from level 0", 12, 2, 48),
        Variant("4 KiB, 25 bits from level 3", 12, 3, 25),
        Variant("4 KiB, 52 bits from level 0, DS", 12, 2, 52, Ds),
        Variant("4 KiB, 52 bits from level -1, DS", 12, 0, 52, Ds | Sl2, ps: 6),
        Variant("16 KiB, 28 bits from level 3", 14, 0, 28),
        Variant("16 KiB, 40 bits from level 2", 14, 1, 40),
        Variant("16 KiB, 48 bits from level 1", 14, 2, 48),
        Variant("16 KiB, 52 bits from level 0, DS", 14, 3, 52, Ds),
        Variant("64 KiB, 33 bits from level 3", 16, 0, 33),
        Variant("64 KiB, 46 bits from level 2", 16, 1, 46),
        Variant("64 KiB, 48 bits from level 1", 16, 2, 48),
        Variant("64 KiB, 52 bits from level 1, 52-bit addresses", 16, 2, 52, ps: 6),
    ];

    private static WalkVariant Variant(string name, int shift, int sl0, int inputBits, ulong flags = 0, int ps = -1)
        => new($"aarch64 stage 2, {name}", (random, keeps) => Make(random, keeps, shift, sl0, inputBits, flags, ps));

    private static WalkCase Make(Random random, bool keeps, int shift, int sl0, int inputBits, ulong flags, int ps)
    {
        bool hasDs = (flags & Ds) != 0;
        ulong size = ps >= 0 ? (ulong)ps : (ulong)random.Next(hasDs ? 7 : 6);
        int outputBits = AArch64Entries.OutputBits(size);
        int startLevel = shift != 12 ? 3 - sl0 : (flags & Sl2) != 0 ? -1 : sl0 == 3 ? 3 : 2 - sl0;
        int resolved = shift + ((3 - startLevel) * (shift - 3));
        bool hasXnx = random.Percent(50);
        var world = new PageWorld(random, shift, outputBits, AArch64Entries.Maker(shift, outputBits, hasDs, isSecond: true));
        ulong vtcr = (uint)(64 - inputBits) | ((ulong)sl0 << 6) | flags | (size << 16)
            | (AArch64Entries.LowerGranule(shift) << 14)
            | (keeps ? (1UL << 21) | random.Some(1UL << 22, 60) : 0) | (random.Any() & 0x8000_3f00);
        ulong vttbr = AArch64Entries.BaseRegister(world.NextRoot(random, Math.Max(8UL << (inputBits - resolved), 64)), outputBits)
            | (random.Any() & 0xffff_0000_0000_0001);
        return new WalkCase(
            world,
            TranslationRegime.FromAArch64Stage2(vttbr, vtcr, hasXnx),
            mode => new AArch64Stage2Oracle(vttbr, vtcr, hasXnx, world.Read, mode),
            from => from.NextBelow(inputBits));
    }
}
