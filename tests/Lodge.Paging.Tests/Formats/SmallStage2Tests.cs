using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>FEAT_TTST: T0SZ up to 48, or 47 with 64 KiB, in stage 2 as in stage 1. SL0 3 of 4 KiB exists for it alone.</summary>
public sealed class SmallStage2Tests
{
    [Theory]
    [InlineData(AArch64Granule.Size4K, 16, 4)]
    [InlineData(AArch64Granule.Size4K, 24, 12)]
    [InlineData(AArch64Granule.Size16K, 16, 2)]
    [InlineData(AArch64Granule.Size16K, 24, 10)]
    [InlineData(AArch64Granule.Size64K, 17, 1)]
    [InlineData(AArch64Granule.Size64K, 24, 8)]
    public void InputBits_BelowTwentyFive_AreThere(AArch64Granule granule, int inputBits, int rootBits)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage2(
            new AArch64Stage2Options { Granule = granule, InputBits = inputBits, Levels = 1 });
        Assert.Equal((1, rootBits), (format.Levels.Length, format.Levels[0].IndexBits));
    }

    [Theory]
    [InlineData(AArch64Granule.Size4K, 15)]
    [InlineData(AArch64Granule.Size16K, 15)]
    [InlineData(AArch64Granule.Size64K, 16)]
    public void InputBits_BelowThose_AreRefused(AArch64Granule granule, int inputBits)
        => Assert.Throws<ArgumentOutOfRangeException>(() => PageTableFormat.AArch64Stage2(
            new AArch64Stage2Options { Granule = granule, InputBits = inputBits }));

    [Fact]
    public void Vtcr_WithT0szOf48_IsRead()
    {
        PageTableFormat format = TranslationRegime.FromAArch64Stage2(0, 0x8005_3500 | (3 << 6) | 48).Lower!.Format;
        Assert.Equal((1, 16), (format.Levels.Length, format.InputBits));
    }
}
