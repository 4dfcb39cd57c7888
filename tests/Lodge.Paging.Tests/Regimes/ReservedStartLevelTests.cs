using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Start levels of stage 2 that the descriptions of VTCR_EL2.SL0 and SL2 reserve: a walk there is a translation fault at
/// level 0.</summary>
public sealed class ReservedStartLevelTests
{
    private const ulong Ds = 1UL << 32, Sl2 = 1UL << 33;

    // With SL2 only SL0 0 exists, level −1.
    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 48)]
    [InlineData(2, 52)]
    [InlineData(3, 25)]
    public void Sl2_WithSl0_IsRefused(int sl0, int inputBits)
        => Refused(Ds | Sl2 | 0x8006_3500 | ((ulong)sl0 << 6) | (uint)(64 - inputBits));

    // Stage 2 of 16 KiB has level 0 with DS only; without, 48 bits begin with two tables of level 1.
    [Fact]
    public void Level0Of16K_WithoutDs_IsRefused()
    {
        Refused(0x8005_b500 | (3 << 6) | 16);
        Assert.Throws<ArgumentOutOfRangeException>(() => PageTableFormat.AArch64Stage2(
            new AArch64Stage2Options { Granule = AArch64Granule.Size16K, InputBits = 48, Levels = 4 }));
    }

    private static void Refused(ulong vtcr)
    {
        Assert.False(TranslationRegime.TryFromAArch64Stage2(0, vtcr, false, out _, out string? problem), $"0x{vtcr:x}");
        Assert.Contains($"0x{vtcr:x}", problem, StringComparison.Ordinal);
    }
}
