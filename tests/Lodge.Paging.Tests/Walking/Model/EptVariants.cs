namespace Lodge.Paging.Tests;

internal static class EptVariants
{
    public static IEnumerable<WalkVariant> All =>
    [
        new("ept 4 levels", static (random, _) => Make(random, EptOptions.Default)),
        new("ept 5 levels", static (random, _) => Make(random, EptOptions.Default with { FiveLevels = true })),
        new("ept 39 bits", static (random, _) => Make(random, EptOptions.Default with { PhysicalAddressBits = 39 })),
        new("ept without execute-only", static (random, _) => Make(random, EptOptions.Default with { ExecuteOnly = false })),
        new("ept without 1 GiB", static (random, _) => Make(random, EptOptions.Default with { GigabytePages = false })),
        new("ept mode-based execute", static (random, _) => Make(random, EptOptions.Default with { ModeBasedExecute = true })),
        new("ept 5 levels, mode-based execute, 46 bits, without execute-only", static (random, _) => Make(
            random,
            new EptOptions { FiveLevels = true, ModeBasedExecute = true, ExecuteOnly = false, PhysicalAddressBits = 46 })),
    ];

    private static WalkCase Make(Random random, EptOptions processor)
    {
        var world = new PageWorld(random, 12, processor.PhysicalAddressBits, NextEntry);
        ulong eptp = world.NextRoot(random, 4096) | (processor.FiveLevels ? 0x26UL : 0x1e) | random.Some(1 << 6, 60);
        return new WalkCase(
            world,
            TranslationRegime.FromEptp(eptp, processor),
            mode => new EptOracle(eptp, processor, world.Read, mode),
            from => from.NextBelow(processor.FiveLevels ? 57 : 48));
    }

    private static ulong NextEntry(Random random, ulong target)
    {
        ulong entry = target | random.Some(
            1, 98) | random.Some(2, 75) | random.Some(4, 85) | random.Some(0xfff0_0000_0000_0f00, 40);
        if (random.Percent(4))
            entry &= ~7UL;

        // Tables have nothing in bits 6:3; of pages that is UC.
        if (random.Percent(22))
            entry |= ((ulong)random.Of(0, 1, 4, 5, 6, 6, 6, random.Next(8)) << 3) | random.Some(1 << 6, 40);

        if (random.Percent(20))
        {
            int aligned = random.Of(12, 21, 21, 30, 30, 30);
            entry = (entry >> aligned << aligned) | (entry & 0xfff) | 0x80;
        }

        return random.Damaged(entry);
    }
}
