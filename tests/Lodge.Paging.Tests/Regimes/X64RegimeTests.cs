using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>CR0, CR3, CR4, EFER and RFLAGS, as the manual's chapter on paging modes reads them.</summary>
public sealed class X64RegimeTests
{
    // A Linux kernel: PG, WP, PE and others; SMAP, SMEP, PCIDE, PAE and others; SCE, LME, LMA, NXE.
    private static readonly X64Registers Linux = new()
    {
        Cr0 = 0x8005_0033,
        Cr3 = 0x1_0a2c_6006,
        Cr4 = 0x37_0ef0,
        Efer = 0xd01,
        Rflags = 0x246,
    };

    [Fact]
    public void Linux_HasFourLevels_AndKeepsTheKernelFromPrograms()
    {
        TranslationRegime regime = TranslationRegime.FromX64(Linux);
        Assert.False(regime.IsIdentity);
        Assert.Null(regime.Upper);
        Assert.Equal(new GuestAddress(0x1_0a2c_6000), regime.Lower!.Root);
        Assert.Equal(
            (4, 48, 52), (regime.Lower.Format.Levels.Length, regime.Lower.Format.InputBits, regime.Lower.Format.OutputBits));
        Assert.Equal(
            RegimeRules.SupervisorDoesNotExecuteUserPages | RegimeRules.SupervisorDoesNotAccessUserPages, regime.Rules);
        Assert.Equal(AccessedDirty.Update, regime.ProcessorAccessedDirty);
        Assert.Equal("rw-/---", regime.Lower.Format.AttributesOf(1, 0x8000_0000_0000_1063).Rights.ToString());
    }

    [Fact]
    public void La57_HasFiveLevels()
    {
        TranslationRegime regime = TranslationRegime.FromX64(Linux with { Cr4 = Linux.Cr4 | (1 << 12) });
        Assert.Equal((5, 57), (regime.Lower!.Format.Levels.Length, regime.Lower.Format.InputBits));
    }

    [Theory]
    [InlineData(0x8005_0033UL, 0x20UL, 0x246UL, RegimeRules.None)]
    [InlineData(0x8004_0033UL, 0x20UL, 0x246UL, RegimeRules.SupervisorIgnoresWriteProtection)]
    [InlineData(0x8005_0033UL, 0x10_0020UL, 0x246UL, RegimeRules.SupervisorDoesNotExecuteUserPages)]
    [InlineData(0x8005_0033UL, 0x20_0020UL, 0x246UL, RegimeRules.SupervisorDoesNotAccessUserPages)]
    [InlineData(0x8005_0033UL, 0x20_0020UL, 0x4_0246UL, RegimeRules.None)]
    [InlineData(0x8005_0033UL, 0x10_0020UL, 0x4_0246UL, RegimeRules.SupervisorDoesNotExecuteUserPages)]
    public void Rules_AreThoseOfTheBits(ulong cr0, ulong cr4, ulong rflags, RegimeRules rules)
        => Assert.Equal(rules, TranslationRegime.FromX64(Linux with { Cr0 = cr0, Cr4 = cr4, Rflags = rflags }).Rules);

    [Fact]
    public void PagingOff_IsNoTranslation()
    {
        TranslationRegime regime = TranslationRegime.FromX64(Linux with { Cr0 = 0x5_0033 });
        Assert.True(regime.IsIdentity);
        Assert.Equal(AccessedDirty.Ignore, regime.ProcessorAccessedDirty);
        Assert.True(TranslationRegime.FromX64(default).IsIdentity);
    }

    [Fact]
    public void Paging32_IsRefused_InASentence()
        => Refused(Linux with { Cr4 = Linux.Cr4 & ~0x20UL }, "CR4", "0x370ed0", "32");

    [Fact]
    public void PagingPae_IsRefused_InASentence()
        => Refused(Linux with { Efer = 0x801 }, "EFER", "0x801", "PAE");

    [Fact]
    public void NxeClear_ReservesBit63()
    {
        PageTableFormat format = TranslationRegime.FromX64(Linux with { Efer = 0x501 }).Lower!.Format;
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x8000_0000_0000_1063));
        Assert.Equal("rwx/---", format.AttributesOf(1, 0x1063).Rights.ToString());
    }

    [Fact]
    public void Cr3_HasItsRootInBits51To12()
        => Assert.Equal(
            new GuestAddress(0xf_ffff_ffff_f000), TranslationRegime.FromX64(Linux with { Cr3 = ulong.MaxValue }).Lower!.Root);

    [Fact]
    public void PatAndPhysicalAddressBits_AreTaken()
    {
        PageTableFormat format = TranslationRegime.FromX64(
            Linux with { Pat = 0x0407_0506_0007_0106, PhysicalAddressBits = 39 }).Lower!.Format;
        Assert.Equal(MemoryType.WriteCombining, format.AttributesOf(1, 0x1009).MemoryType);
        Assert.Equal(EntryKind.Malformed, format.KindOf(1, 0x80_0000_1063));
        Assert.Equal(39, format.OutputBits);
    }

    [Fact]
    public void DefaultRegisters_HaveTheResetPat_And52Bits()
    {
        var registers = default(X64Registers);
        Assert.Equal((0x0007_0406_0007_0406UL, 52), (registers.Pat, registers.PhysicalAddressBits));
        Assert.Equal(0UL, (registers with { Pat = 0 }).Pat);
        Assert.Equal(32, (registers with { PhysicalAddressBits = 32 }).PhysicalAddressBits);
    }

    private static void Refused(X64Registers registers, params string[] facts)
    {
        Assert.False(TranslationRegime.TryFromX64(registers, out TranslationRegime? regime, out string? problem));
        Assert.Null(regime);
        foreach (string fact in facts)
            Assert.Contains(fact, problem, StringComparison.Ordinal);

        Assert.Equal(problem, Assert.Throws<NotSupportedException>(() => TranslationRegime.FromX64(registers)).Message);
    }
}
