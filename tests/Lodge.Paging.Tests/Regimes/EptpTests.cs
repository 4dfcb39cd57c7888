using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>The extended-page-table pointer: memory type (2:0), levels less one (5:3), A/D (6), the root (51:12).</summary>
public sealed class EptpTests
{
    [Theory]
    [InlineData(0x1_04c9_d01eUL, 4, false)]
    [InlineData(0x1_04c9_d05eUL, 4, true)]
    [InlineData(0x1_04c9_d066UL, 5, true)]
    [InlineData(0x1_04c9_d026UL, 5, false)]
    public void PointerOfAHypervisor_IsRead(ulong eptp, int levels, bool hasAccessedDirty)
    {
        TranslationRegime regime = TranslationRegime.FromEptp(eptp);
        PageTableFormat format = regime.Lower!.Format;
        Assert.Equal(new GuestAddress(0x1_04c9_d000), regime.Lower.Root);
        Assert.Equal((levels, hasAccessedDirty, true), (format.Levels.Length, format.HasHardwareAccessed, format.IsSecondStage));
        Assert.Equal(hasAccessedDirty ? AccessedDirty.Update : AccessedDirty.Ignore, regime.ProcessorAccessedDirty);
        Assert.Equal(RegimeRules.None, regime.Rules);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void OtherNumbersOfLevels_AreRefused_InASentence(int field)
    {
        ulong eptp = 0x1006 | ((ulong)field << 3);
        Assert.False(TranslationRegime.TryFromEptp(eptp, null, out TranslationRegime? regime, out string? problem));
        Assert.Null(regime);
        Assert.Contains($"0x{eptp:x}", problem, StringComparison.Ordinal);
        Assert.Contains($"{field + 1} levels", problem, StringComparison.Ordinal);
        Assert.Equal(problem, Assert.Throws<NotSupportedException>(() => TranslationRegime.FromEptp(eptp)).Message);
    }

    [Fact]
    public void Options_AreTaken_ButForWhatThePointerSays()
    {
        var options = new EptOptions
        {
            FiveLevels = true,
            AccessedDirty = true,
            ExecuteOnly = false,
            PhysicalAddressBits = 39,
            ModeBasedExecute = true,
        };
        PageTableFormat format = TranslationRegime.FromEptp(0x101e, options).Lower!.Format;
        Assert.Equal((4, 39, false), (format.Levels.Length, format.OutputBits, format.HasHardwareAccessed));
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x1034));
        Assert.Equal("r--/r-x", format.AttributesOf(1, 0x1431).Rights.ToString());
    }

    [Fact]
    public void Root_IsBits51To12()
        => Assert.Equal(new GuestAddress(0xf_ffff_ffff_f000), TranslationRegime.FromEptp(0xffff_ffff_ffff_ffde).Lower!.Root);
}
