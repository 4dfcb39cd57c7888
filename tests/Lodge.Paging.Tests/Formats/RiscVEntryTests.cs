using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>RISC-V entries as kernels write them, and what the manual's figure of a PTE says of them.</summary>
public sealed class RiscVEntryTests
{
    private static readonly PageTableFormat Svpbmt = PageTableFormat.RiscV(new RiscVOptions { MemoryTypes = true });

    // The page number of 0x8020_0000 is 0x80200, which is 0x2008_0000 in bits 53:10.
    [Theory]
    [InlineData(1, 0x0000_0000_2008_00efUL, 0x8020_0000UL, "rwx/---", "gad")]
    [InlineData(1, 0x0000_0000_2008_04e7UL, 0x8020_1000UL, "rw-/---", "gad")]
    [InlineData(1, 0x0000_0000_2008_00cbUL, 0x8020_0000UL, "r-x/---", "ad")]
    [InlineData(1, 0x0000_0000_2008_00dfUL, 0x8020_0000UL, "rw-/rwx", "ad")]
    [InlineData(1, 0x0000_0000_2008_0013UL, 0x8020_0000UL, "r--/r--", "")]
    [InlineData(1, 0x0000_0000_2008_0319UL, 0x8020_0000UL, "---/--x", "")]
    [InlineData(1, 0x003f_ffff_ffff_fc43UL, 0xff_ffff_ffff_f000UL, "r--/---", "a")]
    [InlineData(2, 0x0000_0000_2008_00efUL, 0x8020_0000UL, "rwx/---", "gad")]
    [InlineData(3, 0x0000_0000_2000_00cfUL, 0x8000_0000UL, "rwx/---", "ad")]
    public void Page_SaysWhatTheManualSays(int level, ulong entry, ulong target, string rights, string flags)
        => EntryAssert.IsPage(PageTableFormat.Sv39, level, entry, target, rights, MemoryType.Platform, flags);

    [Theory]
    [InlineData(2, 0x0000_0000_2008_0401UL, 0x8020_1000UL)]
    [InlineData(3, 0x0000_0000_2008_0421UL, 0x8020_1000UL)]
    [InlineData(3, 0x003f_ffff_ffff_ff01UL, 0xff_ffff_ffff_f000UL)]
    public void Table_LeadsWhereTheManualSays(int level, ulong entry, ulong target)
        => EntryAssert.IsTable(PageTableFormat.Sv39, level, entry, target);

    [Fact]
    public void EveryLevelOfEveryScheme_HasPages()
    {
        EntryAssert.IsPage(PageTableFormat.Sv48, 4, 0x2000_0000_00cf, 0x8000_0000_0000, "rwx/---", MemoryType.Platform, "ad");
        EntryAssert.IsPage(
            PageTableFormat.Sv57, 5, 0x0010_0000_0000_00cf, 0x40_0000_0000_0000, "rwx/---", MemoryType.Platform, "ad");
        EntryAssert.IsPage(PageTableFormat.Sv48x4, 4, 0x2000_0000_00df, 0x8000_0000_0000, "rwx/rwx", MemoryType.Platform, "ad");
    }

    // Writable without readable, misaligned large pages, and tables on the last level.
    [Theory]
    [InlineData(1, 0x2008_0005UL)]
    [InlineData(1, 0x2008_000dUL)]
    [InlineData(2, 0x2008_0005UL)]
    [InlineData(3, 0x2000_000dUL)]
    [InlineData(2, 0x2008_04cfUL)]
    [InlineData(3, 0x2008_00cfUL)]
    [InlineData(1, 0x2008_0001UL)]
    [InlineData(2, 0x2008_0011UL)]
    [InlineData(2, 0x2008_0041UL)]
    [InlineData(2, 0x2008_0081UL)]
    public void Reserved_IsMalformed(int level, ulong entry)
        => Assert.Equal(EntryKind.Malformed, PageTableFormat.Sv39.KindOf(level, entry));

    [Fact]
    public void NotValid_IsNotPresent_WhateverTheOtherBits()
    {
        for (int level = 1; level <= 3; level++)
            Assert.Equal(EntryKind.NotPresent, PageTableFormat.Sv39.KindOf(level, 0xffff_ffff_ffff_fffe));
    }

    [Theory]
    [InlineData(0x0000_0000_2008_00c7UL, MemoryType.Platform)]
    [InlineData(0x2000_0000_2008_00c7UL, MemoryType.NonCacheable)]
    [InlineData(0x4000_0000_2008_00c7UL, MemoryType.Io)]
    public void Svpbmt_IsBits62And61(ulong entry, MemoryType type)
        => EntryAssert.IsPage(Svpbmt, 1, entry, 0x8020_0000, "rw-/---", type, "ad");

    [Fact]
    public void Svpbmt_OfTheReservedValue_AndInTables_AndWhereItIsOff_IsMalformed()
    {
        Assert.Equal(EntryKind.Malformed, Svpbmt.KindOf(1, 0x6000_0000_2008_00c7));
        Assert.Equal(EntryKind.Malformed, Svpbmt.KindOf(2, 0x6000_0000_2008_00c7));
        Assert.Equal(EntryKind.Malformed, Svpbmt.KindOf(2, 0x2000_0000_2008_0001));
        Assert.Equal(EntryKind.Malformed, Svpbmt.KindOf(2, 0x4000_0000_2008_0001));
        Assert.Equal(EntryKind.Malformed, PageTableFormat.Sv39.KindOf(1, 0x2000_0000_2008_00c7));
        Assert.Equal(EntryKind.Malformed, PageTableFormat.Sv39.KindOf(1, 0x4000_0000_2008_00c7));
    }

    // All accesses of the guest stage count as the user's.
    [Theory]
    [InlineData(0x2008_00dfUL, "rwx/rwx")]
    [InlineData(0x2008_00d3UL, "r--/r--")]
    [InlineData(0x2008_00d9UL, "--x/--x")]
    [InlineData(0x2008_00cfUL, "---/---")]
    public void GuestStage_NeedsTheUsersBit(ulong entry, string rights)
        => EntryAssert.IsPage(PageTableFormat.Sv39x4, 1, entry, 0x8020_0000, rights, MemoryType.Platform, "ad");

    [Fact]
    public void Encode_GivesTheBitsOfTheManual()
    {
        PageAttributes kernelText = new(new PageRights(MemoryAccess.ReadExecute, MemoryAccess.None), MemoryType.Platform);
        EntryAssert.Encodes(PageTableFormat.Sv39, 1, 0x8020_0000, kernelText, 0x2008_00cb);
        EntryAssert.Encodes(PageTableFormat.Sv39, 2, 0x8020_0000, kernelText with { IsGlobal = true }, 0x2008_00eb);
        EntryAssert.Encodes(
            PageTableFormat.Sv39, 3, 0x8000_0000, kernelText with { IsDirty = false, IsAccessed = false }, 0x2000_000b);
        EntryAssert.Encodes(Svpbmt, 1, 0x1000_0000, kernelText with { MemoryType = MemoryType.Io }, 0x4000_0000_0400_00cb);
        EntryAssert.Encodes(
            PageTableFormat.Sv39, 1, 0x8020_0000,
            new PageAttributes(new PageRights(MemoryAccess.ReadWrite, MemoryAccess.ReadWrite), MemoryType.Platform), 0x2008_00d7);
        EntryAssert.Encodes(
            PageTableFormat.Sv39x4, 1, 0x8020_0000, new PageAttributes(PageRights.All, MemoryType.Platform), 0x2008_00df);
        EntryAssert.EncodesTable(PageTableFormat.Sv39, 3, 0x8020_1000, 0x2008_0401);
    }
}
