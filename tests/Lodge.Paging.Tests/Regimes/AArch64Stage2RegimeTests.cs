using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>VTCR_EL2 and VTTBR_EL2, as the manual describes their fields.</summary>
public sealed class AArch64Stage2RegimeTests
{
    // KVM with 40 bits: T0SZ 24, SL0 1 (start at level 1), PS 2 (40 bits), bit 31 RES1.
    private const ulong KvmVtcr = 0x8002_3558;

    [Fact]
    public void VtcrOfKvm_IsRead()
    {
        TranslationRegime regime = TranslationRegime.FromAArch64Stage2(0x0001_0000_8000_2001, KvmVtcr);
        PageTableFormat format = regime.Lower!.Format;
        Assert.Equal((3, 40, 40, 12), (format.Levels.Length, format.InputBits, format.OutputBits, format.PageSize.Shift));
        Assert.Equal((true, false), (format.IsSecondStage, format.HasHardwareAccessed));
        Assert.Equal(new GuestAddress(0x8000_2000), regime.Lower.Root);
        Assert.Equal(RegimeRules.None, regime.Rules);
        Assert.Equal(AccessedDirty.Require, regime.ProcessorAccessedDirty);
    }

    [Fact]
    public void RootOfTablesSideBySide_IsAlignedToAllOfThem()
        => Assert.Equal(new GuestAddress(0x8000_2000), TranslationRegime.FromAArch64Stage2(0x8000_3000, KvmVtcr).Lower!.Root);

    // TG0 0 is 4 KiB, 1 is 64 KiB, 2 is 16 KiB. SL0 counts from level 2 upwards with 4 KiB, else from level 3.
    [Theory]
    [InlineData(0, 0, 34, 2, 13)]
    [InlineData(0, 0, 30, 2, 9)]
    [InlineData(0, 0, 25, 2, 4)]
    [InlineData(0, 1, 40, 3, 10)]
    [InlineData(0, 1, 31, 3, 1)]
    [InlineData(0, 1, 43, 3, 13)]
    [InlineData(0, 2, 44, 4, 5)]
    [InlineData(0, 2, 48, 4, 9)]
    [InlineData(0, 3, 25, 1, 13)]
    [InlineData(1, 0, 33, 1, 17)]
    [InlineData(1, 1, 40, 2, 11)]
    [InlineData(1, 1, 46, 2, 17)]
    [InlineData(1, 2, 48, 3, 6)]
    [InlineData(2, 0, 28, 1, 14)]
    [InlineData(2, 1, 40, 2, 15)]
    [InlineData(2, 2, 40, 3, 4)]
    [InlineData(2, 2, 48, 3, 12)]
    public void Sl0_IsTheStartLevel(int tg0, int sl0, int inputBits, int levels, int rootBits)
    {
        ulong vtcr = 0x8005_3500 | ((ulong)tg0 << 14) | ((ulong)sl0 << 6) | (uint)(64 - inputBits);
        PageTableFormat format = TranslationRegime.FromAArch64Stage2(0, vtcr).Lower!.Format;
        Assert.Equal((levels, rootBits, inputBits), (format.Levels.Length, format.Levels[0].IndexBits, format.InputBits));
    }

    // DS is bit 32; SL2, which counts with DS alone, bit 33.
    [Theory]
    [InlineData(0x3_0000_0000UL, 0, 0, 52, 5, 4)]
    [InlineData(0x1_0000_0000UL, 0, 2, 52, 4, 13)]
    [InlineData(0x1_0000_0000UL, 0, 0, 34, 2, 13)]
    [InlineData(0x2_0000_0000UL, 0, 0, 34, 2, 13)]
    [InlineData(0x2_0000_0000UL, 0, 1, 40, 3, 10)]
    [InlineData(0x1_0000_0000UL, 2, 3, 52, 4, 5)]
    [InlineData(0x0_0000_0000UL, 1, 2, 52, 3, 10)]
    public void Ds_BringsTheFifthLevel(ulong bits, int tg0, int sl0, int inputBits, int levels, int rootBits)
    {
        ulong vtcr = bits | 0x8006_3500 | ((ulong)tg0 << 14) | ((ulong)sl0 << 6) | (uint)(64 - inputBits);
        PageTableFormat format = TranslationRegime.FromAArch64Stage2(0, vtcr).Lower!.Format;
        Assert.Equal((levels, rootBits), (format.Levels.Length, format.Levels[0].IndexBits));
        Assert.Equal((bits & 0x1_0000_0000) != 0 || tg0 == 1 ? 52 : 48, format.OutputBits);
    }

    // The start level resolves at least one bit, and at most those of 16 tables; there is no level above the highest.
    [Theory]
    [InlineData(0, 0, 35)]
    [InlineData(0, 1, 30)]
    [InlineData(0, 1, 44)]
    [InlineData(0, 2, 39)]
    [InlineData(0, 2, 49)]
    [InlineData(0, 3, 26)]
    [InlineData(1, 0, 34)]
    [InlineData(1, 1, 29)]
    [InlineData(1, 2, 42)]
    [InlineData(1, 2, 53)]
    [InlineData(1, 3, 48)]
    [InlineData(2, 0, 30)]
    [InlineData(2, 1, 41)]
    [InlineData(2, 2, 36)]
    public void StartLevelThatDoesNotSuit_IsRefused_InASentence(int tg0, int sl0, int inputBits)
    {
        ulong vtcr = 0x8005_3500 | ((ulong)tg0 << 14) | ((ulong)sl0 << 6) | (uint)(64 - inputBits);
        Assert.False(TranslationRegime.TryFromAArch64Stage2(0, vtcr, false, out TranslationRegime? regime, out string? problem));
        Assert.Null(regime);
        Assert.Contains($"VTCR_EL2 is 0x{vtcr:x}", problem, StringComparison.Ordinal);
        Assert.Equal(problem, Assert.Throws<NotSupportedException>(() => TranslationRegime.FromAArch64Stage2(0, vtcr)).Message);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 36)]
    [InlineData(2, 40)]
    [InlineData(3, 42)]
    [InlineData(4, 44)]
    [InlineData(5, 48)]
    [InlineData(6, 48)]
    public void Ps_IsTheOutputSize(int field, int bits)
        => Assert.Equal(
            bits, TranslationRegime.FromAArch64Stage2(0, 0x8000_3558 | ((ulong)field << 16)).Lower!.Format.OutputBits);

    [Fact]
    public void HaHdAndXnx_AreTaken()
    {
        PageTableFormat format = TranslationRegime.FromAArch64Stage2(
            0, KvmVtcr | (3 << 21), executeNeverExtension: true).Lower!.Format;
        Assert.True(format.HasHardwareAccessed);
        Assert.Equal("rw-/rwx", format.AttributesOf(1, 0x0028_0000_8000_077f).Rights.ToString());

        // FEAT_XNX is the processor's: without it bit 53 says nothing.
        PageTableFormat plain = TranslationRegime.FromAArch64Stage2(0, KvmVtcr).Lower!.Format;
        Assert.Equal("r-x/r-x", plain.AttributesOf(1, 0x0028_0000_8000_077f).Rights.ToString());
    }

    [Fact]
    public void RootOf52Bits_HasItsHighestBitsIn5To2()
    {
        ulong wide = 0x3_0000_0000 | 0x8006_3500 | 12;
        Assert.Equal(new GuestAddress(0x5_0000_8000_1000), TranslationRegime.FromAArch64Stage2(0x8000_1015, wide).Lower!.Root);
        ulong large = 0x8006_7500 | (2 << 6) | 16;
        Assert.Equal(new GuestAddress(0xf_0000_8000_0000), TranslationRegime.FromAArch64Stage2(0x8000_003d, large).Lower!.Root);
    }
}
