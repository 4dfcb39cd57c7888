using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Stage 1 descriptors as Linux writes them, and what the manual's figures say of them.</summary>
public sealed class AArch64Stage1EntryTests
{
    // 0 and 1 Normal Write-Back, 2 Normal Non-cacheable, 3 Device-nGnRnE, 4 Device-nGnRE.
    private const ulong LinuxMair = 0x0000_0004_0044_ffff;

    private static readonly AArch64Stage1Options Linux = new() { Mair = LinuxMair };
    private static readonly PageTableFormat Small = PageTableFormat.AArch64Stage1(Linux);

    [Theory]
    [InlineData(1, 0x0068_0000_4123_4703UL, 0x4123_4000UL, "rw-/---", MemoryType.WriteBack, "gad")]
    [InlineData(1, 0x0040_0000_4123_4783UL, 0x4123_4000UL, "r-x/---", MemoryType.WriteBack, "gad")]
    [InlineData(1, 0x0068_0000_0900_0713UL, 0x900_0000UL, "rw-/---", MemoryType.DeviceNGnRe, "gad")]
    [InlineData(1, 0x0068_0000_0900_070fUL, 0x900_0000UL, "rw-/---", MemoryType.DeviceNGnRnE, "gad")]
    [InlineData(1, 0x0068_0000_0900_070bUL, 0x900_0000UL, "rw-/---", MemoryType.NonCacheable, "gad")]
    [InlineData(1, 0x0020_0000_4123_4fc3UL, 0x4123_4000UL, "r--/r-x", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x00e8_0000_4123_4f43UL, 0x4123_4000UL, "rw-/rw-", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0060_0000_4123_4fc3UL, 0x4123_4000UL, "r--/r--", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0020_0000_4123_4f83UL, 0x4123_4000UL, "r--/--x", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0060_0000_4123_4303UL, 0x4123_4000UL, "rw-/---", MemoryType.WriteBack, "gd")]
    [InlineData(1, 0x0000_ffff_ffff_f403UL, 0xffff_ffff_f000UL, "rwx/--x", MemoryType.WriteBack, "gad")]
    [InlineData(2, 0x0040_0000_4020_0781UL, 0x4020_0000UL, "r-x/---", MemoryType.WriteBack, "gad")]
    [InlineData(3, 0x0068_0000_4000_0701UL, 0x4000_0000UL, "rw-/---", MemoryType.WriteBack, "gad")]
    public void Page_SaysWhatTheManualSays(int level, ulong entry, ulong target, string rights, MemoryType type, string flags)
        => EntryAssert.IsPage(Small, level, entry, target, rights, type, flags);

    [Theory]
    [InlineData(2, 0x0000_0000_4123_4003UL)]
    [InlineData(3, 0x1000_0000_4123_4003UL)]
    [InlineData(4, 0xfff8_0000_4123_4fffUL)]
    public void Table_LeadsWhereTheManualSays(int level, ulong entry) => EntryAssert.IsTable(Small, level, entry, 0x4123_4000);

    // Bits of the address below a block's size are not looked at.
    [Theory]
    [InlineData(2, 0x0040_0000_403f_f781UL, 0x4020_0000UL)]
    [InlineData(3, 0x0068_0000_7fff_f701UL, 0x4000_0000UL)]
    public void Block_IgnoresTheAddressBelowItsSize(int level, ulong entry, ulong target)
        => Assert.Equal(new GuestAddress(target), Small.TargetOf(level, entry));

    // A block where the level has none, and on the last level 01, are translation faults like bit 0 clear.
    [Theory]
    [InlineData(AArch64Granule.Size4K, false, "1 not, 2 block, 3 block, 4 not")]
    [InlineData(AArch64Granule.Size4K, true, "1 not, 2 block, 3 block, 4 block")]
    [InlineData(AArch64Granule.Size16K, false, "1 not, 2 block, 3 not, 4 not")]
    [InlineData(AArch64Granule.Size16K, true, "1 not, 2 block, 3 block, 4 not")]
    [InlineData(AArch64Granule.Size64K, false, "1 not, 2 block, 3 not")]
    [InlineData(AArch64Granule.Size64K, true, "1 not, 2 block, 3 block")]
    public void Blocks_AreOnTheLevelsOfTheManual(AArch64Granule granule, bool isWide, string expected)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            Linux with { Granule = granule, WideAddresses = isWide, OutputBits = isWide ? 52 : 48 });
        const ulong Block = 0x0060_0000_0000_0701;
        IEnumerable<string> kinds
            = format.Levels.Reverse().Select(level => $"{level.Number} {Name(format.KindOf(level.Number, Block))}");
        Assert.Equal(expected, string.Join(", ", kinds));
        foreach (PageTableLevel level in format.Levels)
        {
            Assert.Equal(EntryKind.NotPresent, format.KindOf(level.Number, 0xffff_ffff_ffff_fffe));
            Assert.Equal(level.Number == 1 ? EntryKind.Page : EntryKind.Table, format.KindOf(level.Number, Block | 3));
        }

        static string Name(EntryKind kind)
            => kind == EntryKind.Page ? "block" : kind == EntryKind.NotPresent ? "not" : kind.ToString();
    }

    [Fact]
    public void WideAddresses_Of64K_HaveBits51To48InBits15To12()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            Linux with { Granule = AArch64Granule.Size64K, WideAddresses = true, OutputBits = 52 });
        EntryAssert.IsPage(format, 1, 0x0068_0000_4123_5703, 0x5_0000_4123_0000, "rw-/---", MemoryType.WriteBack, "gad");
        EntryAssert.IsPage(format, 2, 0x0068_0000_4000_f701, 0xf_0000_4000_0000, "rw-/---", MemoryType.WriteBack, "gad");
        EntryAssert.IsPage(format, 3, 0x0068_0400_0000_8701, 0x8_0400_0000_0000, "rw-/---", MemoryType.WriteBack, "gad");
        EntryAssert.IsTable(format, 3, 0x0000_0000_4123_a003, 0xa_0000_4123_0000);
    }

    [Theory]
    [InlineData(AArch64Granule.Size4K)]
    [InlineData(AArch64Granule.Size16K)]
    public void WideAddresses_OfSmallGranules_HaveBits51And50InBits9And8(AArch64Granule granule)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            Linux with { Granule = granule, WideAddresses = true, OutputBits = 52 });
        EntryAssert.IsPage(format, 1, 0x0062_0000_4123_4703, 0xe_0000_4123_4000, "rw-/---", MemoryType.WriteBack, "gad");
        EntryAssert.IsPage(format, 2, 0x0061_0000_4200_0601, 0x9_0000_4200_0000, "rw-/---", MemoryType.WriteBack, "gad");
        EntryAssert.IsTable(format, 2, 0x0003_0000_4123_4103, 0x7_0000_4123_4000);
    }

    [Fact]
    public void WideAddresses_Of4K_HaveBlocksOf512GiB()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            Linux with { WideAddresses = true, OutputBits = 52, InputBits = 52 });
        EntryAssert.IsPage(format, 4, 0x0000_0080_0000_0601, 0x8_0080_0000_0000, "rwx/--x", MemoryType.WriteBack, "gad");
        Assert.Equal(EntryKind.NotPresent, format.KindOf(5, 0x0000_0080_0000_0601));
    }

    [Theory]
    [InlineData(0x000UL, Shareability.None)]
    [InlineData(0x200UL, Shareability.Outer)]
    [InlineData(0x300UL, Shareability.Inner)]
    public void Shareability_IsBits9And8(ulong field, Shareability shareability)
        => Assert.Equal(shareability, Small.AttributesOf(1, 0x0060_0000_4123_4403 | field).Shareability);

    [Fact]
    public void Shareability_OfWideAddresses_IsTheRegisters()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(
            Linux with { WideAddresses = true, OutputBits = 52, Shareability = Shareability.Outer });
        Assert.Equal(Shareability.Outer, format.AttributesOf(1, 0x0060_0000_4123_4703).Shareability);
        Assert.Equal(Shareability.Outer, format.AttributesOf(1, 0x0060_0000_4123_4403).Shareability);
    }

    [Fact]
    public void AddressAboveTheOutputSize_IsMalformed()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(Linux with { OutputBits = 40 });
        Assert.Equal(EntryKind.Page, format.KindOf(1, 0x0060_00ff_ffff_f703));
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x0060_0100_4123_4703));
        Assert.Equal(EntryKind.Malformed, format.KindOf(2, 0x0000_8000_4123_4003));
        Assert.Equal(EntryKind.Malformed, format.KindOf(3, 0x0060_0100_4000_0701));
    }

    // DBM says nothing until hardware manages the dirty state; then a page with it is writable, and clean while AP[2] is set.
    [Theory]
    [InlineData(0x0068_0000_4123_4783UL, "rw-/---", "ga")]
    [InlineData(0x0068_0000_4123_4703UL, "rw-/---", "gad")]
    [InlineData(0x0060_0000_4123_4783UL, "r--/---", "gad")]
    [InlineData(0x00e8_0000_4123_4fc3UL, "rw-/rw-", "a")]
    [InlineData(0x0068_0000_4123_4383UL, "rw-/---", "g")]
    public void DirtyBitModifier_WithHardwareDirty_MakesPagesWritable(ulong entry, string rights, string flags)
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(Linux with { HardwareAccessFlag = true, HardwareDirty = true });
        EntryAssert.IsPage(format, 1, entry, 0x4123_4000, rights, MemoryType.WriteBack, flags);
    }

    [Fact]
    public void DirtyBitModifier_WithoutHardwareDirty_SaysNothing()
    {
        PageTableFormat format = PageTableFormat.AArch64Stage1(Linux with { HardwareAccessFlag = true });
        EntryAssert.IsPage(format, 1, 0x0068_0000_4123_4783, 0x4123_4000, "r--/---", MemoryType.WriteBack, "gad");
    }

    [Fact]
    public void Encode_GivesTheBitsOfTheManual()
    {
        PageAttributes kernelData = new(new PageRights(MemoryAccess.ReadWrite, MemoryAccess.None)) { IsGlobal = true };
        PageTableFormat dirty = PageTableFormat.AArch64Stage1(Linux with { HardwareAccessFlag = true, HardwareDirty = true });
        PageTableFormat wide = PageTableFormat.AArch64Stage1(Linux with { WideAddresses = true, OutputBits = 52 });
        EntryAssert.Encodes(Small, 1, 0x4123_4000, kernelData, 0x0060_0000_4123_4703);
        EntryAssert.Encodes(Small, 1, 0x900_0000, kernelData with { MemoryType = MemoryType.DeviceNGnRe }, 0x0060_0000_0900_0713);
        EntryAssert.Encodes(
            Small, 1, 0x4123_4000,
            new PageAttributes(new PageRights(MemoryAccess.Read, MemoryAccess.ReadExecute)), 0x0020_0000_4123_4fc3);
        EntryAssert.Encodes(Small, 2, 0x4020_0000, kernelData, 0x0060_0000_4020_0701);
        EntryAssert.Encodes(
            Small, 3, 0x4000_0000, kernelData with { IsAccessed = false, Shareability = Shareability.None },
            0x0060_0000_4000_0001);
        EntryAssert.Encodes(dirty, 1, 0x4123_4000, kernelData with { IsDirty = false }, 0x0068_0000_4123_4783);
        EntryAssert.Encodes(wide, 1, 0xe_0000_4123_4000, kernelData, 0x0062_0000_4123_4703);
        EntryAssert.EncodesTable(Small, 4, 0x4123_4000, 0x4123_4003);
    }
}
