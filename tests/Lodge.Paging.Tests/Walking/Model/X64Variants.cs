namespace Lodge.Paging.Tests;

internal static class X64Variants
{
    private const ulong Paging = 1UL << 31, WriteProtect = 1 << 16, FiveLevels = 1 << 12, Smep = 1 << 20, Smap = 1 << 21;

    public static IEnumerable<WalkVariant> All =>
    [
        new("x64 4 levels", static (random, _) => Make(random, 0, 52)),
        new("x64 5 levels", static (random, _) => Make(random, FiveLevels, 52)),
        new("x64 4 levels, 36 bits", static (random, _) => Make(random, 0, 36)),
        new("x64 5 levels, 46 bits", static (random, _) => Make(random, FiveLevels, 46)),
        new("x64 4 levels, without NX", static (random, _) => Make(random, 0, 40, hasNoExecute: false)),
        new("x64 4 levels, without 1 GiB", static (random, _) => Make(random, 0, 52, hasGigabytePages: false)),
        new("x64 5 levels, without NX and 1 GiB", static (random, _) => Make(random, FiveLevels, 48, false, false)),
    ];

    private static WalkCase Make(Random random, ulong cr4, int bits, bool hasNoExecute = true, bool hasGigabytePages = true)
    {
        var world = new PageWorld(random, 12, bits, NextEntry(hasNoExecute));
        var registers = new X64Registers
        {
            Cr0 = Paging | random.Some(WriteProtect, 70),
            Cr3 = world.NextRoot(random, 4096) | (random.Any() & 0xfff),
            Cr4 = 0x20 | cr4 | random.Some(Smep | Smap, 50),
            Efer = hasNoExecute ? 0xd01UL : 0x501,
            Rflags = random.Some(1 << 18, 50) | 2,
            Pat = random.Of<ulong>(X64Options.DefaultPat, 0x0407_0506_0007_0106, 0x0102_0304_0506_0700),
            PhysicalAddressBits = bits,
        };
        TranslationRegime regime = TranslationRegime.FromX64(registers);
        if (!hasGigabytePages)
            regime = WithoutGigabytePages(registers, regime);

        int width = cr4 == 0 ? 48 : 57;
        return new WalkCase(
            world, regime, mode => new X64Oracle(
                registers, hasGigabytePages, world.Read, mode), from => from.NextCanonical(width));
    }

    // Registers do not tell; who knows CPUID makes the format himself.
    private static TranslationRegime WithoutGigabytePages(X64Registers registers, TranslationRegime regime)
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options
        {
            FiveLevels = regime.Lower!.Format.InputBits == 57,
            NoExecute = (registers.Efer & 0x800) != 0,
            PhysicalAddressBits = registers.PhysicalAddressBits,
            GigabytePages = false,
            Pat = registers.Pat,
        });
        return TranslationRegime.Of(new PageTable(format, regime.Lower.Root), regime.Rules);
    }

    private static Func<Random, ulong, ulong> NextEntry(bool hasNoExecute) => (random, target) =>
    {
        ulong entry = target | random.Some(1, 96) | random.Some(2, 80) | random.Some(4, 75)
            | random.Some(0x7ff0_0000_0000_0f78, 30) | random.Some(1UL << 63, hasNoExecute ? 15 : 0);
        if (random.Percent(20))
        {
            // A large page; with PAT or without, and aligned for one of the two sizes or for none.
            int aligned = random.Of(12, 21, 30, 30);
            entry = (entry >> aligned << aligned) | (entry & 0xfff) | 0x80 | random.Some(1 << 12, 40);
        }

        return random.Damaged(entry);
    };
}
