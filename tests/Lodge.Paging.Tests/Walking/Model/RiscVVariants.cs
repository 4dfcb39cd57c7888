namespace Lodge.Paging.Tests;

internal static class RiscVVariants
{
    public static IEnumerable<WalkVariant> All
    {
        get
        {
            foreach (RiscVMode mode in Enum.GetValues<RiscVMode>())
            {
                yield return new($"riscv {mode}", (random, keeps) => Make(random, mode, false, false, keeps));
                yield return new($"riscv {mode}, Svpbmt", (random, keeps) => Make(random, mode, false, true, keeps));
                yield return new($"riscv {mode}x4", (random, keeps) => Make(random, mode, true, false, keeps));
                yield return new($"riscv {mode}x4, Svpbmt", (random, keeps) => Make(random, mode, true, true, keeps));
            }
        }
    }

    private static WalkCase Make(Random random, RiscVMode mode, bool isGuest, bool hasMemoryTypes, bool keeps)
    {
        var world = new PageWorld(random, 12, 56, NextEntry(hasMemoryTypes));
        ulong number = world.NextRoot(random, isGuest ? 16384UL : 4096) / 4096;
        ulong atp = ((ulong)mode << 60) | (random.Any() & 0x0fff_f000_0000_0000) | number;
        ulong sstatus = random.Some(3 << 18, 60);
        ulong menvcfg = (hasMemoryTypes ? 1UL << 62 : 0) | (keeps ? 1UL << 61 : 0);
        int width = 12 + (9 * ((int)mode - 5));
        return isGuest
            ? new WalkCase(
                world,
                TranslationRegime.FromHgatp(atp, menvcfg),
                mode => new RiscVOracle(atp, true, sstatus: 0, menvcfg, world.Read, mode),
                from => from.NextBelow(width + 2))
            : new WalkCase(
                world,
                TranslationRegime.FromRiscV(new RiscVRegisters { Satp = atp, Sstatus = sstatus, Menvcfg = menvcfg }),
                mode => new RiscVOracle(atp, false, sstatus, menvcfg, world.Read, mode),
                from => from.NextCanonical(width));
    }

    private static Func<Random, ulong, ulong> NextEntry(bool hasMemoryTypes) => (random, target) =>
    {
        ulong number = target >> 12;
        ulong entry = random.Some(1, 97) | random.Some(0x320, 30);
        if (random.Percent(45))
        {
            int aligned = random.Of(0, 9, 18, 27);
            number = number >> aligned << aligned;
            entry |= random.Some(2, 85) | random.Some(4, 50) | random.Some(8, 50) | random.Some(0x10, 60)
                | random.Some(0x40, 75) | random.Some(0x80, 60);
            if (hasMemoryTypes)
                entry |= (ulong)random.Of(0, 0, 1, 2, random.Next(4)) << 61;
        }

        return random.Damaged(entry | (number << 10));
    };
}
