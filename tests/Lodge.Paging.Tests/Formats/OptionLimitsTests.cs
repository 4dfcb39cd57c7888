using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Options at both sides of what the architectures have.</summary>
public sealed class OptionLimitsTests
{
    [Theory]
    [InlineData(31, false)]
    [InlineData(32, true)]
    [InlineData(52, true)]
    [InlineData(53, false)]
    [InlineData(-1, false)]
    [InlineData(int.MaxValue, false)]
    public void X64AndEpt_PhysicalAddressBits(int bits, bool isAccepted)
    {
        Check(isAccepted, () => PageTableFormat.X64(new X64Options { PhysicalAddressBits = bits }));
        Check(isAccepted, () => PageTableFormat.Ept(new EptOptions { PhysicalAddressBits = bits }));
        Check(isAccepted, () => new X64Registers { PhysicalAddressBits = bits });
    }

    [Theory]
    [InlineData(33, false)]
    [InlineData(34, true)]
    [InlineData(56, true)]
    [InlineData(57, false)]
    public void RiscV_PhysicalAddressBits(int bits, bool isAccepted)
        => Check(isAccepted, () => PageTableFormat.RiscV(new RiscVOptions { PhysicalAddressBits = bits }));

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(255, false)]
    public void RiscV_Mode(int mode, bool isAccepted)
        => Check(isAccepted, () => PageTableFormat.RiscV(new RiscVOptions { Mode = (RiscVMode)mode }));

    // TxSZ is at most 48 (47 with 64 KiB), and at least 16, or 12 with 52-bit addresses and with 64 KiB.
    [Theory]
    [InlineData(AArch64Granule.Size4K, false, 16, 48)]
    [InlineData(AArch64Granule.Size16K, false, 16, 48)]
    [InlineData(AArch64Granule.Size64K, false, 17, 52)]
    [InlineData(AArch64Granule.Size4K, true, 16, 52)]
    [InlineData(AArch64Granule.Size16K, true, 16, 52)]
    [InlineData(AArch64Granule.Size64K, true, 17, 52)]
    public void Stage1_InputBits(AArch64Granule granule, bool isWide, int least, int most)
    {
        for (int bits = -1; bits < 70; bits++)
        {
            Check(bits >= least && bits <= most, () => PageTableFormat.AArch64Stage1(
                new AArch64Stage1Options { Granule = granule, WideAddresses = isWide, InputBits = bits }));
        }
    }

    [Theory]
    [InlineData(false, 31, false)]
    [InlineData(false, 32, true)]
    [InlineData(false, 48, true)]
    [InlineData(false, 49, false)]
    [InlineData(true, 31, false)]
    [InlineData(true, 52, true)]
    [InlineData(true, 53, false)]
    public void AArch64_OutputBits(bool isWide, int bits, bool isAccepted)
    {
        foreach (AArch64Granule granule in Enum.GetValues<AArch64Granule>())
        {
            Check(isAccepted, () => PageTableFormat.AArch64Stage1(
                new AArch64Stage1Options { Granule = granule, WideAddresses = isWide, OutputBits = bits }));
            Check(isAccepted, () => PageTableFormat.AArch64Stage2(
                new AArch64Stage2Options { Granule = granule, WideAddresses = isWide, OutputBits = bits }));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(255)]
    public void AArch64_GranuleThatDoesNotExist_IsRefused(int granule)
    {
        Check(false, () => PageTableFormat.AArch64Stage1(new AArch64Stage1Options { Granule = (AArch64Granule)granule }));
        Check(false, () => PageTableFormat.AArch64Stage2(new AArch64Stage2Options { Granule = (AArch64Granule)granule }));
    }

    // The root resolves at least 1 bit, and at most those of 16 tables.
    [Theory]
    [InlineData(AArch64Granule.Size4K, 1, 25, 25)]
    [InlineData(AArch64Granule.Size4K, 2, 25, 34)]
    [InlineData(AArch64Granule.Size4K, 3, 31, 43)]
    [InlineData(AArch64Granule.Size4K, 4, 40, 48)]
    [InlineData(AArch64Granule.Size16K, 1, 25, 29)]
    [InlineData(AArch64Granule.Size16K, 2, 26, 40)]
    [InlineData(AArch64Granule.Size16K, 3, 37, 48)]
    [InlineData(AArch64Granule.Size64K, 1, 25, 33)]
    [InlineData(AArch64Granule.Size64K, 2, 30, 46)]
    [InlineData(AArch64Granule.Size64K, 3, 43, 52)]
    public void Stage2_InputBitsForLevels(AArch64Granule granule, int levels, int least, int most)
    {
        for (int bits = 25; bits <= 64; bits++)
        {
            Check(bits >= least && bits <= most, () => PageTableFormat.AArch64Stage2(
                new AArch64Stage2Options { Granule = granule, InputBits = bits, Levels = levels }));
        }
    }

    [Theory]
    [InlineData(AArch64Granule.Size4K, 5, false)]
    [InlineData(AArch64Granule.Size4K, 6, true)]
    [InlineData(AArch64Granule.Size16K, 5, true)]
    [InlineData(AArch64Granule.Size64K, 4, true)]
    [InlineData(AArch64Granule.Size4K, -1, false)]
    [InlineData(AArch64Granule.Size4K, int.MinValue, false)]
    public void Stage2_LevelsThatDoNotExist_AreRefused(AArch64Granule granule, int levels, bool isWide)
    {
        for (int bits = 25; bits <= 52; bits++)
        {
            Check(false, () => PageTableFormat.AArch64Stage2(
                new AArch64Stage2Options { Granule = granule, InputBits = bits, Levels = levels, WideAddresses = isWide }));
        }
    }

    [Fact]
    public void NoOptions_AreRefused()
    {
        Assert.Throws<ArgumentNullException>(() => PageTableFormat.X64(null!));
        Assert.Throws<ArgumentNullException>(() => PageTableFormat.Ept(null!));
        Assert.Throws<ArgumentNullException>(() => PageTableFormat.AArch64Stage1(null!));
        Assert.Throws<ArgumentNullException>(() => PageTableFormat.AArch64Stage2(null!));
        Assert.Throws<ArgumentNullException>(() => PageTableFormat.RiscV(null!));
        Assert.Throws<ArgumentNullException>(() => new PageTable(null!, 0));
    }

    private static void Check(bool isAccepted, Func<object> make)
    {
        if (isAccepted)
            Assert.NotNull(make());
        else
            Assert.Throws<ArgumentOutOfRangeException>(make);
    }
}
