using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Entries as x86-64 kernels write them, and what the manual's tables of bits say of them.</summary>
public sealed class X64EntryTests
{
    private const ulong LinuxPat = 0x0407_0506_0007_0106;

    private static readonly PageTableFormat Four = PageTableFormat.X64FourLevels;

    [Theory]
    [InlineData(1, 0x8000_0000_000b_8163UL, 0xb_8000UL, "rw-/---", MemoryType.WriteBack, "gad")]
    [InlineData(1, 0x8000_0000_fee0_0173UL, 0xfee0_0000UL, "rw-/---", MemoryType.UncacheableMinus, "gad")]
    [InlineData(1, 0x8000_0000_fee0_017bUL, 0xfee0_0000UL, "rw-/---", MemoryType.Uncacheable, "gad")]
    [InlineData(1, 0x8000_0000_1234_5867UL, 0x1234_5000UL, "rw-/rw-", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0000_0000_1234_5025UL, 0x1234_5000UL, "r-x/r-x", MemoryType.WriteBack, "a")]
    [InlineData(1, 0x0000_0000_0000_0001UL, 0x0UL, "r-x/---", MemoryType.WriteBack, "")]
    [InlineData(1, 0x000f_ffff_ffff_f001UL, 0xf_ffff_ffff_f000UL, "r-x/---", MemoryType.WriteBack, "")]
    [InlineData(1, 0x8000_0000_0000_1089UL, 0x1000UL, "r--/---", MemoryType.WriteThrough, "")]
    [InlineData(2, 0x0000_0000_0100_01e1UL, 0x100_0000UL, "r-x/---", MemoryType.WriteBack, "gad")]
    [InlineData(2, 0x8000_0000_0120_01e3UL, 0x120_0000UL, "rw-/---", MemoryType.WriteBack, "gad")]
    [InlineData(2, 0x8000_000f_ffe0_10ffUL, 0xf_ffe0_0000UL, "rw-/rw-", MemoryType.Uncacheable, "ad")]
    [InlineData(3, 0x8000_0000_4000_01e3UL, 0x4000_0000UL, "rw-/---", MemoryType.WriteBack, "gad")]
    [InlineData(3, 0x7ff0_0000_8000_0087UL, 0x8000_0000UL, "rwx/rwx", MemoryType.WriteBack, "")]
    public void Page_SaysWhatTheManualSays(int level, ulong entry, ulong target, string rights, MemoryType type, string flags)
        => EntryAssert.IsPage(Four, level, entry, target, rights, type, flags);

    [Theory]
    [InlineData(2, 0x0000_0000_0345_6067UL, 0x345_6000UL)]
    [InlineData(3, 0x0000_0000_0345_6063UL, 0x345_6000UL)]
    [InlineData(4, 0x8000_0000_0345_6067UL, 0x345_6000UL)]
    [InlineData(4, 0x7fff_ffff_ffff_ff7fUL, 0xf_ffff_ffff_f000UL)]
    public void Table_LeadsWhereTheManualSays(int level, ulong entry, ulong target)
        => EntryAssert.IsTable(Four, level, entry, target);

    [Fact]
    public void FifthLevel_HasTablesOnly()
    {
        EntryAssert.IsTable(PageTableFormat.X64FiveLevels, 5, 0x0123_4067, 0x123_4000);
        Assert.Equal(EntryKind.Malformed, PageTableFormat.X64FiveLevels.KindOf(5, 0x0123_40e7));
    }

    // Bits 3, 4 and PAT are the index; Linux keeps write-combining at 1, write-protected at 5, write-through at 7.
    [Theory]
    [InlineData(0x01UL, MemoryType.WriteBack)]
    [InlineData(0x09UL, MemoryType.WriteCombining)]
    [InlineData(0x11UL, MemoryType.UncacheableMinus)]
    [InlineData(0x19UL, MemoryType.Uncacheable)]
    [InlineData(0x81UL, MemoryType.WriteBack)]
    [InlineData(0x89UL, MemoryType.WriteProtected)]
    [InlineData(0x91UL, MemoryType.UncacheableMinus)]
    [InlineData(0x99UL, MemoryType.WriteThrough)]
    public void MemoryType_IsThePatEntryOfTheIndex(ulong entry, MemoryType type)
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options { Pat = LinuxPat });
        Assert.Equal(type, format.AttributesOf(1, entry).MemoryType);

        // Larger pages have PS where small ones have PAT, and PAT in bit 12.
        ulong large = (entry & 0x19) | 0x80 | ((entry & 0x80) << 5);
        Assert.Equal(type, format.AttributesOf(2, large).MemoryType);
        Assert.Equal(type, format.AttributesOf(3, large).MemoryType);
    }

    [Fact]
    public void PatTypesThatAreReserved_AreUnknown()
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options { Pat = 0x0000_0000_0706_0302 });
        Assert.Equal(MemoryType.Unknown, format.AttributesOf(1, 0x01).MemoryType);
        Assert.Equal(MemoryType.Unknown, format.AttributesOf(1, 0x09).MemoryType);
        Assert.Equal(MemoryType.WriteBack, format.AttributesOf(1, 0x11).MemoryType);
        Assert.Equal(MemoryType.UncacheableMinus, format.AttributesOf(1, 0x19).MemoryType);
    }

    [Fact]
    public void Encode_GivesTheBitsOfTheManual()
    {
        PageRights kernelData = new(MemoryAccess.ReadWrite, MemoryAccess.None);
        EntryAssert.Encodes(Four, 1, 0xb_8000, new PageAttributes(kernelData) { IsGlobal = true }, 0x8000_0000_000b_8163);
        EntryAssert.Encodes(
            Four, 1, 0xfee0_0000, new PageAttributes(kernelData, MemoryType.Uncacheable) { IsGlobal = true },
            0x8000_0000_fee0_017b);
        EntryAssert.Encodes(
            Four, 1, 0x1234_5000, new PageAttributes(PageRights.Same(MemoryAccess.ReadExecute)) { IsDirty = false }, 0x1234_5025);
        EntryAssert.Encodes(Four, 2, 0x120_0000, new PageAttributes(kernelData) { IsGlobal = true }, 0x8000_0000_0120_01e3);
        EntryAssert.Encodes(
            Four, 3, 0x4000_0000, new PageAttributes(kernelData) { IsAccessed = false, IsDirty = false }, 0x8000_0000_4000_0083);
        EntryAssert.EncodesTable(Four, 2, 0x345_6000, 0x345_6027);
        EntryAssert.EncodesTable(Four, 4, 0xf_ffff_ffff_f000, 0xf_ffff_ffff_f027);
    }

    [Fact]
    public void WithoutNoExecute_EverythingIsExecutable()
    {
        PageTableFormat format = PageTableFormat.X64(new X64Options { NoExecute = false });
        Assert.Equal("rwx/rwx", format.AttributesOf(1, 0x1067).Rights.ToString());
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x8000_0000_0000_1067));
        Assert.Equal(EntryKind.Malformed, format.KindOf(4, 0x8000_0000_0000_1067));
    }

    [Fact]
    public void NotPresent_WhateverTheOtherBits()
    {
        for (int level = 1; level <= 4; level++)
            Assert.Equal(EntryKind.NotPresent, Four.KindOf(level, 0xffff_ffff_ffff_fffe));
    }
}
