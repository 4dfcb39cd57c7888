using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Register values come from guests and dumps: whatever they are, there is a regime or a sentence.</summary>
public sealed class RandomRegistersTests
{
    private const int Count = 100_000;
    private const int Seed = 2301;

    private delegate bool TryMake(Random random, out TranslationRegime? regime, out string? problem);

    [Fact]
    public void X64_NeverThrows() => Check(0.3, static (Random random, out TranslationRegime? regime, out string? problem) =>
    {
        // All three bits that long mode needs would seldom be set by chance.
        var registers = new X64Registers
        {
            Cr0 = Next(random) | ((ulong)random.Next(2) << 31),
            Cr3 = Next(random),
            Cr4 = Next(random) | 0x20,
            Efer = Next(random),
            Rflags = Next(random),
            Pat = Next(random),
            PhysicalAddressBits = random.Next(32, 53),
        };
        return TranslationRegime.TryFromX64(registers, out regime, out problem);
    });

    [Fact]
    public void Eptp_NeverThrows() => Check(0.2, static (Random random, out TranslationRegime? regime, out string? problem)
        => TranslationRegime.TryFromEptp(Next(random), null, out regime, out problem));

    [Fact]
    public void AArch64_NeverThrows() => Check(0.3, static (Random random, out TranslationRegime? regime, out string? problem) =>
    {
        var registers = new AArch64Registers
        {
            Tcr = Sized(random, Sized(random, Next(random), 0), 16),
            Ttbr0 = Next(random),
            Ttbr1 = Next(random),
            Mair = Next(random),
            Sctlr = Next(random) & ~(random.Next(4) == 0 ? 0UL : 1UL << 25),
            Pan = random.Next(2) == 0,
        };
        return TranslationRegime.TryFromAArch64(registers, out regime, out problem);
    });

    [Fact]
    public void AArch64Stage2_NeverThrows()
        => Check(0.1, static (Random random, out TranslationRegime? regime, out string? problem)
        => TranslationRegime.TryFromAArch64Stage2(
            Next(random), Sized(random, Next(random), 0), random.Next(2) == 0, out regime, out problem));

    [Fact]
    public void RiscV_NeverThrows() => Check(0.1, static (Random random, out TranslationRegime? regime, out string? problem)
        => TranslationRegime.TryFromRiscV(
            new RiscVRegisters { Satp = Next(random), Sstatus = Next(random), Menvcfg = Next(random) }, out regime, out problem));

    [Fact]
    public void Hgatp_NeverThrows() => Check(0.1, static (Random random, out TranslationRegime? regime, out string? problem)
        => TranslationRegime.TryFromHgatp(Next(random), Next(random), out regime, out problem));

    private static void Check(double leastShareOfRegimes, TryMake tryMake)
    {
        var random = new Random(Seed);
        int made = 0;
        for (int i = 0; i < Count; i++)
        {
            if (tryMake(random, out TranslationRegime? regime, out string? problem))
            {
                made++;
                Assert.NotNull(regime);
                Assert.Null(problem);
                CheckRoots(regime);
            }
            else
            {
                Assert.Null(regime);
                Assert.False(string.IsNullOrWhiteSpace(problem));
            }
        }

        // Neither refusing everything nor taking everything for a regime passes.
        Assert.InRange(made, (int)(Count * leastShareOfRegimes), Count - 1);
    }

    private static void CheckRoots(TranslationRegime regime)
    {
        foreach (PageTable? table in (ReadOnlySpan<PageTable?>)[regime.Lower, regime.Upper])
        {
            if (table is not null && (!table.Root.IsAligned(table.Format.Levels[0].TableBytes) || table.Root.Value >> 56 != 0))
                Assert.Fail($"seed {Seed}: {table}");
        }
    }

    private static ulong Next(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    // Most sizes that there can be are none that the architecture has; so most of these are.
    private static ulong Sized(Random random, ulong register, int shift)
        => random.Next(8) == 0 ? register : (register & ~(63UL << shift)) | ((ulong)random.Next(16, 40) << shift);
}
