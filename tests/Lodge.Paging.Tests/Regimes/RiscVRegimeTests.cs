using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>satp, hgatp, sstatus and menvcfg, as the manual describes their fields.</summary>
public sealed class RiscVRegimeTests
{
    private const ulong Pbmte = 1UL << 62, Adue = 1UL << 61;

    [Theory]
    [InlineData(8, "Sv39", 39)]
    [InlineData(9, "Sv48", 48)]
    [InlineData(10, "Sv57", 57)]
    public void SatpOfLinux_IsRead(int mode, string name, int inputBits)
    {
        ulong satp = ((ulong)mode << 60) | (0xabcdUL << 44) | 0x8_1234;
        TranslationRegime regime = TranslationRegime.FromRiscV(new RiscVRegisters { Satp = satp });
        Assert.Equal((name, inputBits), (regime.Lower!.Format.Name, regime.Lower.Format.InputBits));
        Assert.Equal(new GuestAddress(0x8123_4000), regime.Lower.Root);
        Assert.Equal(AddressForm.SignExtended, regime.Lower.Format.AddressForm);
        Assert.Equal(RegimeRules.SupervisorDoesNotAccessUserPages, regime.Rules);
        Assert.Equal(AccessedDirty.Require, regime.ProcessorAccessedDirty);
    }

    [Theory]
    [InlineData(8, "Sv39x4", 41)]
    [InlineData(9, "Sv48x4", 50)]
    [InlineData(10, "Sv57x4", 59)]
    public void HgatpOfKvm_IsRead(int mode, string name, int inputBits)
    {
        ulong hgatp = ((ulong)mode << 60) | (0x3fffUL << 44) | 0x8_1237;
        TranslationRegime regime = TranslationRegime.FromHgatp(hgatp);
        Assert.Equal((name, inputBits), (regime.Lower!.Format.Name, regime.Lower.Format.InputBits));
        Assert.Equal(AddressForm.AllZeros, regime.Lower.Format.AddressForm);
        Assert.True(regime.Lower.Format.IsSecondStage);

        // A root of 16 KiB: the two lowest bits of its page number read as 0.
        Assert.Equal(new GuestAddress(0x8123_4000), regime.Lower.Root);
        Assert.Equal(RegimeRules.None, regime.Rules);
    }

    [Fact]
    public void Bare_IsNoTranslation_WhateverTheOtherBits()
    {
        Assert.True(TranslationRegime.FromRiscV(default).IsIdentity);
        Assert.True(TranslationRegime.FromRiscV(new RiscVRegisters { Satp = 0x0fff_ffff_ffff_ffff }).IsIdentity);
        Assert.True(TranslationRegime.FromHgatp(0x0fff_ffff_ffff_ffff).IsIdentity);
    }

    [Fact]
    public void ModesThatAreReserved_AreRefused_InASentence()
    {
        foreach (int mode in (ReadOnlySpan<int>)[1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        {
            ulong register = (ulong)mode << 60;
            var registers = new RiscVRegisters { Satp = register };
            Assert.False(TranslationRegime.TryFromRiscV(registers, out TranslationRegime? regime, out string? problem));
            Assert.Null(regime);
            Assert.Contains("satp", problem, StringComparison.Ordinal);
            Assert.Contains($"mode {mode}", problem, StringComparison.Ordinal);
            Assert.Equal(problem, Assert.Throws<NotSupportedException>(() => TranslationRegime.FromRiscV(registers)).Message);

            Assert.False(TranslationRegime.TryFromHgatp(register, 0, out regime, out problem));
            Assert.Null(regime);
            Assert.Contains($"hgatp is 0x{register:x}", problem, StringComparison.Ordinal);
            Assert.Throws<NotSupportedException>(() => TranslationRegime.FromHgatp(register));
        }
    }

    [Theory]
    [InlineData(0UL, RegimeRules.SupervisorDoesNotAccessUserPages)]
    [InlineData(1UL << 18, RegimeRules.None)]
    [InlineData(1UL << 19, RegimeRules.SupervisorDoesNotAccessUserPages | RegimeRules.ExecutableIsReadable)]
    [InlineData(3UL << 18, RegimeRules.ExecutableIsReadable)]
    public void SumAndMxr_AreRules(ulong sstatus, RegimeRules rules)
        => Assert.Equal(rules, TranslationRegime.FromRiscV(new RiscVRegisters { Satp = 8UL << 60, Sstatus = sstatus }).Rules);

    [Theory]
    [InlineData(0UL, EntryKind.Malformed, AccessedDirty.Require)]
    [InlineData(Pbmte, EntryKind.Page, AccessedDirty.Require)]
    [InlineData(Adue, EntryKind.Malformed, AccessedDirty.Update)]
    [InlineData(Pbmte | Adue, EntryKind.Page, AccessedDirty.Update)]
    public void Menvcfg_TurnsMemoryTypesAndUpdatesOn(ulong menvcfg, EntryKind typed, AccessedDirty accessedDirty)
    {
        TranslationRegime first = TranslationRegime.FromRiscV(new RiscVRegisters { Satp = 9UL << 60, Menvcfg = menvcfg });
        TranslationRegime second = TranslationRegime.FromHgatp(9UL << 60, menvcfg);
        foreach (TranslationRegime regime in new[] { first, second })
        {
            Assert.Equal(typed, regime.Lower!.Format.KindOf(1, 0x2000_0000_2008_00d7));
            Assert.Equal(accessedDirty, regime.ProcessorAccessedDirty);
        }
    }

    [Fact]
    public void Root_Has44BitsOfPageNumber()
    {
        const ulong All = 0x8fff_ffff_ffff_ffff;
        Assert.Equal(
            new GuestAddress(0xff_ffff_ffff_f000), TranslationRegime.FromRiscV(new RiscVRegisters { Satp = All }).Lower!.Root);
        Assert.Equal(new GuestAddress(0xff_ffff_ffff_c000), TranslationRegime.FromHgatp(All).Lower!.Root);
    }
}
