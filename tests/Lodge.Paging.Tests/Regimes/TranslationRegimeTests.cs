using Xunit;

namespace Lodge.Paging.Tests;

public sealed class TranslationRegimeTests
{
    private static readonly PageTable Table = new(PageTableFormat.X64FourLevels, 0x1000);

    [Fact]
    public void Identity_HasNoTable()
    {
        Assert.True(TranslationRegime.Identity.IsIdentity);
        Assert.Null(TranslationRegime.Identity.Lower);
        Assert.False(TranslationRegime.Identity.TryGetTable(0, out _));
        Assert.Equal("no translation", TranslationRegime.Identity.ToString());
    }

    [Fact]
    public void Of_HasTheTableForEveryAddress()
    {
        TranslationRegime regime = TranslationRegime.Of(Table, RegimeRules.ExecutableIsReadable);
        Assert.True(regime.TryGetTable(0, out PageTable? low));
        Assert.True(regime.TryGetTable(ulong.MaxValue, out PageTable? high));
        Assert.Same(Table, low);
        Assert.Same(Table, high);
        Assert.Equal(RegimeRules.ExecutableIsReadable, regime.Rules);
        Assert.Throws<ArgumentNullException>(() => TranslationRegime.Of(null!));
    }

    [Fact]
    public void WithRoot_ChangesTheLowerRootAndNothingElse()
    {
        TranslationRegime arm = TranslationRegime.FromAArch64(
            new AArch64Registers { Tcr = 0x0000_0032_b550_3510, Ttbr0 = 0x1000, Ttbr1 = 0x2000, Pan = true });
        TranslationRegime other = arm.WithRoot(0x7fff);
        Assert.Equal(new GuestAddress(0x7000), other.Lower!.Root);
        Assert.Same(arm.Lower!.Format, other.Lower.Format);
        Assert.Same(arm.Upper, other.Upper);
        Assert.Equal(arm.Rules, other.Rules);
        Assert.Equal(
            new PageRights(MemoryAccess.None, MemoryAccess.ReadWrite), other.ApplyRules(PageRights.Same(MemoryAccess.ReadWrite)));
        Assert.True(other.TryGetTable(ulong.MaxValue, out PageTable? upper));
        Assert.Same(arm.Upper, upper);
    }

    [Fact]
    public void WithRoot_WithoutATable_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => TranslationRegime.Identity.WithRoot(0));
        TranslationRegime upperOnly = TranslationRegime.FromAArch64(new AArch64Registers { Tcr = 0x0000_0032_b550_3590 });
        Assert.Throws<InvalidOperationException>(() => upperOnly.WithRoot(0));
    }

    // Bit 55 chooses, also where the top byte says otherwise.
    [Theory]
    [InlineData(0x0000_0000_0000_0000UL, false)]
    [InlineData(0xff00_0000_0000_0000UL, false)]
    [InlineData(0xff7f_ffff_ffff_ffffUL, false)]
    [InlineData(0x0080_0000_0000_0000UL, true)]
    [InlineData(0xffff_ffff_ffff_ffffUL, true)]
    public void AArch64_ChoosesTheHalfByBit55(ulong address, bool isUpper)
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(new AArch64Registers { Tcr = 0x0000_0032_b550_3510 });
        Assert.True(regime.TryGetTable(address, out PageTable? table));
        Assert.Same(isUpper ? regime.Upper : regime.Lower, table);
    }

    [Fact]
    public void PageTable_AlignsItsRoot()
    {
        Assert.Equal(new GuestAddress(0x1000), new PageTable(PageTableFormat.X64FourLevels, 0x1fff).Root);
        Assert.Equal(new GuestAddress(0x4000), new PageTable(PageTableFormat.Sv39x4, 0x7fff).Root);
        Assert.Equal(new GuestAddress(0xffff_ffff_ffff_f000), new PageTable(PageTableFormat.Sv39, ulong.MaxValue).Root);
    }

    [Fact]
    public void ToString_NamesFormatRootAndRules()
    {
        Assert.Equal("x86-64, 4 levels at 0x1000", Table.ToString());
        Assert.Equal("x86-64, 4 levels at 0x1000", TranslationRegime.Of(Table).ToString());
        Assert.EndsWith(
            "ExecutableIsReadable", TranslationRegime.Of(Table, RegimeRules.ExecutableIsReadable).ToString(),
            StringComparison.Ordinal);
    }
}
