using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>EPT entries, and what the manual's tables of bits say of them.</summary>
public sealed class EptEntryTests
{
    private static readonly PageTableFormat Four = PageTableFormat.EptFourLevels;

    // A hypervisor's usual leaf is 0x…f77 (RWX, WB, IPAT) or 0x…b7/0x…f7 for larger pages.
    [Theory]
    [InlineData(1, 0x0000_0000_1234_5077UL, 0x1234_5000UL, "rwx/rwx", MemoryType.WriteBack, "adp")]
    [InlineData(1, 0x0000_0000_1234_5037UL, 0x1234_5000UL, "rwx/rwx", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x0000_0000_fee0_0003UL, 0xfee0_0000UL, "rw-/rw-", MemoryType.Uncacheable, "ad")]
    [InlineData(1, 0x0000_0000_000a_000bUL, 0xa_0000UL, "rw-/rw-", MemoryType.WriteCombining, "ad")]
    [InlineData(1, 0x0000_0000_000a_0021UL, 0xa_0000UL, "r--/r--", MemoryType.WriteThrough, "ad")]
    [InlineData(1, 0x0000_0000_000a_002dUL, 0xa_0000UL, "r-x/r-x", MemoryType.WriteProtected, "ad")]
    [InlineData(1, 0x0000_0000_000a_0034UL, 0xa_0000UL, "--x/--x", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0xfff0_0000_000a_0fb7UL, 0xa_0000UL, "rwx/rwx", MemoryType.WriteBack, "ad")]
    [InlineData(1, 0x000f_ffff_ffff_f031UL, 0xf_ffff_ffff_f000UL, "r--/r--", MemoryType.WriteBack, "ad")]
    [InlineData(2, 0x0000_0000_1220_00f7UL, 0x1220_0000UL, "rwx/rwx", MemoryType.WriteBack, "adp")]
    [InlineData(2, 0x0000_0000_1220_00b5UL, 0x1220_0000UL, "r-x/r-x", MemoryType.WriteBack, "ad")]
    [InlineData(3, 0x0000_0001_4000_00b7UL, 0x1_4000_0000UL, "rwx/rwx", MemoryType.WriteBack, "ad")]
    public void Page_SaysWhatTheManualSays(int level, ulong entry, ulong target, string rights, MemoryType type, string flags)
        => EntryAssert.IsPage(Four, level, entry, target, rights, type, flags);

    [Theory]
    [InlineData(2, 0x0000_0000_0345_6007UL, 0x345_6000UL)]
    [InlineData(3, 0x0000_0000_0345_6107UL, 0x345_6000UL)]
    [InlineData(4, 0xfff0_0000_0345_6f07UL, 0x345_6000UL)]
    [InlineData(4, 0x0000_0000_0345_6001UL, 0x345_6000UL)]
    public void Table_LeadsWhereTheManualSays(int level, ulong entry, ulong target)
        => EntryAssert.IsTable(Four, level, entry, target);

    // "Bit 0 is clear and bit 1 is set", and the memory types 2, 3 and 7.
    [Theory]
    [InlineData(1, 0x1032UL)]
    [InlineData(1, 0x1036UL)]
    [InlineData(1, 0x1017UL)]
    [InlineData(1, 0x101fUL)]
    [InlineData(1, 0x103fUL)]
    [InlineData(2, 0x0020_0097UL)]
    [InlineData(2, 0x0020_00b2UL)]
    [InlineData(2, 0x1002UL)]
    [InlineData(3, 0x1006UL)]
    [InlineData(4, 0x1002UL)]
    public void Misconfigurations_AreMalformed(int level, ulong entry)
        => Assert.Equal(EntryKind.Malformed, Four.KindOf(level, entry));

    [Fact]
    public void NotPresent_IsNoRightAtAll()
    {
        for (int level = 1; level <= 4; level++)
            Assert.Equal(EntryKind.NotPresent, Four.KindOf(level, 0xffff_ffff_ffff_fff8));
    }

    [Fact]
    public void ExecuteOnly_WhereTheProcessorLacksIt_IsMalformed()
    {
        PageTableFormat format = PageTableFormat.Ept(new EptOptions { ExecuteOnly = false, ModeBasedExecute = true });
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x1034));
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x1430));
        Assert.Equal(EntryKind.Malformed, format.KindOf(2, 0x1004));
        Assert.Equal(EntryKind.Malformed, format.KindOf(4, 0x1400));
        Assert.Equal(EntryKind.Page, format.KindOf(1, 0x1035));
        Assert.Equal(EntryKind.Page, format.KindOf(1, 0x1431));
    }

    [Theory]
    [InlineData(0x1031UL, "r--/r--")]
    [InlineData(0x1035UL, "r-x/r--")]
    [InlineData(0x1431UL, "r--/r-x")]
    [InlineData(0x1437UL, "rwx/rwx")]
    [InlineData(0x1034UL, "--x/---")]
    [InlineData(0x1430UL, "---/--x")]
    [InlineData(0x1434UL, "--x/--x")]
    public void ModeBasedExecute_TellsTheUsersFetchesApart(ulong entry, string rights)
    {
        PageTableFormat format = PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true });
        EntryAssert.IsPage(format, 1, entry, 0x1000, rights, MemoryType.WriteBack, "ad");
    }

    [Fact]
    public void ModeBasedExecute_WithBit10Alone_IsPresent()
    {
        PageTableFormat format = PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true });
        Assert.Equal(EntryKind.Page, format.KindOf(1, 0x1400));
        Assert.Equal(EntryKind.Table, format.KindOf(2, 0x1400));
        Assert.Equal(EntryKind.NotPresent, Four.KindOf(1, 0x1400));
    }

    [Theory]
    [InlineData(1, 0x1037UL, "")]
    [InlineData(1, 0x1137UL, "a")]
    [InlineData(1, 0x1237UL, "d")]
    [InlineData(2, 0x0020_03b7UL, "ad")]
    public void AccessedAndDirty_AreBits8And9(int level, ulong entry, string flags)
    {
        PageTableFormat format = PageTableFormat.Ept(new EptOptions { AccessedDirty = true });
        EntryAssert.IsPage(format, level, entry, level == 1 ? 0x1000UL : 0x20_0000, "rwx/rwx", MemoryType.WriteBack, flags);
    }

    [Fact]
    public void Encode_GivesTheBitsOfTheManual()
    {
        PageAttributes all = new(PageRights.All);
        EntryAssert.Encodes(Four, 1, 0x1234_5000, all, 0x1234_5037);
        EntryAssert.Encodes(Four, 1, 0x1234_5000, all with { IgnoresGuestType = true }, 0x1234_5077);
        EntryAssert.Encodes(Four, 2, 0x1220_0000, all, 0x1220_00b7);
        EntryAssert.Encodes(
            Four, 3, 0x1_4000_0000, new PageAttributes(PageRights.Same(MemoryAccess.Read), MemoryType.Uncacheable),
            0x1_4000_0081);
        EntryAssert.Encodes(PageTableFormat.Ept(new EptOptions { AccessedDirty = true }), 1, 0x1000, all, 0x1337);
        EntryAssert.Encodes(PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true }), 1, 0x1000, all, 0x1437);
        EntryAssert.EncodesTable(Four, 4, 0x345_6000, 0x345_6007);
        EntryAssert.EncodesTable(PageTableFormat.Ept(new EptOptions { ModeBasedExecute = true }), 2, 0x345_6000, 0x345_6407);
    }
}
