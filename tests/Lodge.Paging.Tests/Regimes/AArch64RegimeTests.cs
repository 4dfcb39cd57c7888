using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>TCR_EL1, TTBRn_EL1, SCTLR_EL1 and MAIR_EL1, as the manual describes their fields.</summary>
public sealed class AArch64RegimeTests
{
    // Linux with 4 KiB and 48 bits: T0SZ and T1SZ 16, TG1 2, IPS 2 (40 bits), A1, AS, TBI0.
    private const ulong LinuxTcr = 0x0000_0032_b550_3510;

    private static readonly AArch64Registers Linux = new() { Tcr = LinuxTcr, Ttbr0 = 0x0001_0000_4123_4001, Ttbr1 = 0x4567_8000 };

    [Theory]
    [InlineData(LinuxTcr, 12, 48, 40, true, false)]
    [InlineData(0x0000_00f5_f556_7516UL, 16, 42, 48, true, true)]
    [InlineData(0x0000_0011_7551_b511UL, 14, 47, 36, false, false)]
    [InlineData(0x0800_0036_b54c_350cUL, 12, 52, 52, true, false)]
    [InlineData(0x0000_0036_f54c_750cUL, 16, 52, 52, true, false)]
    public void TcrOfLinux_IsRead(ulong tcr, int granule, int inputBits, int outputBits, bool lowerTbi, bool upperTbi)
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(new AArch64Registers { Tcr = tcr });
        Check(regime.Lower, AddressForm.AllZeros, lowerTbi ? 8 : 0);
        Check(regime.Upper, AddressForm.AllOnes, upperTbi ? 8 : 0);
        Assert.Equal(RegimeRules.SupervisorDoesNotExecuteUserWritable, regime.Rules);

        void Check(PageTable? table, AddressForm form, int ignoredBits)
        {
            PageTableFormat format = table!.Format;
            Assert.Equal((granule, inputBits, outputBits), (format.PageSize.Shift, format.InputBits, format.OutputBits));
            Assert.Equal((form, ignoredBits, false), (format.AddressForm, format.IgnoredTopBits, format.IsSecondStage));
        }
    }

    [Fact]
    public void Roots_AreWithoutAsidAndCnp()
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(Linux);
        Assert.Equal(new GuestAddress(0x4123_4000), regime.Lower!.Root);
        Assert.Equal(new GuestAddress(0x4567_8000), regime.Upper!.Root);
    }

    [Fact]
    public void Root_IsAlignedToItsTable()
    {
        // 36 bits leave 6 for the root: 64 entries, 512 bytes.
        TranslationRegime regime = TranslationRegime.FromAArch64(
            Linux with { Tcr = 0x0000_0032_b55c_351c, Ttbr0 = 0x4123_47ff, Ttbr1 = 0x4123_4200 });
        Assert.Equal(new GuestAddress(0x4123_4600), regime.Lower!.Root);
        Assert.Equal(new GuestAddress(0x4123_4200), regime.Upper!.Root);
    }

    [Fact]
    public void Root_Of52Bits_HasItsHighestBitsIn5To2()
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(
            Linux with { Tcr = 0x0800_0036_b54c_350c, Ttbr0 = 0x0007_0000_4123_4029, Ttbr1 = 0x0007_8000_4123_403c });
        Assert.Equal(new GuestAddress(0xa_0000_4123_4000), regime.Lower!.Root);
        Assert.Equal(new GuestAddress(0xf_8000_4123_4000), regime.Upper!.Root);
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(1, 16)]
    [InlineData(2, 14)]
    public void Tg0_IsNumberedAsTheManualDoes(int field, int shift)
        => Assert.Equal(
            shift, TranslationRegime.FromAArch64(new() { Tcr = LinuxTcr | ((ulong)field << 14) }).Lower!.Format.PageSize.Shift);

    [Theory]
    [InlineData(1, 14)]
    [InlineData(2, 12)]
    [InlineData(3, 16)]
    public void Tg1_IsNumberedInItsOwnWay(int field, int shift)
    {
        ulong tcr = (LinuxTcr & ~(3UL << 30)) | ((ulong)field << 30);
        Assert.Equal(shift, TranslationRegime.FromAArch64(new() { Tcr = tcr }).Upper!.Format.PageSize.Shift);
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 36)]
    [InlineData(2, 40)]
    [InlineData(3, 42)]
    [InlineData(4, 44)]
    [InlineData(5, 48)]
    [InlineData(6, 48)]
    public void Ips_IsTheOutputSize_AndAtMost48BitsWithoutDs(int field, int bits)
    {
        ulong tcr = (LinuxTcr & ~(7UL << 32)) | ((ulong)field << 32);
        TranslationRegime regime = TranslationRegime.FromAArch64(new() { Tcr = tcr });
        Assert.Equal((bits, bits), (regime.Lower!.Format.OutputBits, regime.Upper!.Format.OutputBits));
    }

    [Fact]
    public void Epd_DisablesAHalf()
    {
        TranslationRegime noLower = TranslationRegime.FromAArch64(Linux with { Tcr = LinuxTcr | (1UL << 7) });
        TranslationRegime noUpper = TranslationRegime.FromAArch64(Linux with { Tcr = LinuxTcr | (1UL << 23) });
        Assert.Null(noLower.Lower);
        Assert.NotNull(noLower.Upper);
        Assert.NotNull(noUpper.Lower);
        Assert.Null(noUpper.Upper);
        Assert.False(noLower.IsIdentity);
        Assert.False(noLower.TryGetTable(0x1000, out _));
        Assert.True(noLower.TryGetTable(0xffff_0000_0000_0000, out PageTable? table));
        Assert.Same(noLower.Upper, table);

        // What a disabled half says besides does not count.
        Assert.Null(TranslationRegime.FromAArch64(Linux with { Tcr = (LinuxTcr & ~63UL) | (1UL << 7) }).Lower);
    }

    [Theory]
    [InlineData(41, false, "rw-/---")]
    [InlineData(42, true, "rw-/---")]
    public void Hpd_IsOfItsHalf(int bit, bool isUpper, string expected)
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(
            new() { Tcr = LinuxTcr | (1UL << bit), Ttbr0 = 0x1000, Ttbr1 = 0x1000 });
        using GuestMemory memory = GuestMemory.Anonymous(0x10000);

        // Each table forbids writing; the page allows it.
        for (ulong table = 0x1000; table < 0x4000; table += 0x1000)
            memory.Write(table, (table + 0x1000) | 3 | (2UL << 61));

        memory.Write(0x4000, 0x0060_0000_0000_0703UL);
        var walker = new PageWalker(memory, regime);
        Assert.Equal(expected, walker.Walk(isUpper ? 0xffff_0000_0000_0000 : 0).Translation.Rights.ToString());
        Assert.Equal("r--/---", walker.Walk(isUpper ? 0 : 0xffff_0000_0000_0000).Translation.Rights.ToString());
    }

    [Theory]
    [InlineData(0UL, false, "r--/---")]
    [InlineData(1UL << 39, true, "r--/---")]
    [InlineData(3UL << 39, true, "rw-/---")]
    public void HaAndHd_SayWhatTheProcessorKeeps(ulong bits, bool isKept, string rights)
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(new() { Tcr = LinuxTcr | bits });
        Assert.Equal(isKept, regime.Lower!.Format.HasHardwareAccessed);
        Assert.Equal(isKept ? AccessedDirty.Update : AccessedDirty.Require, regime.ProcessorAccessedDirty);
        Assert.Equal(rights, regime.Lower.Format.AttributesOf(1, 0x0068_0000_4123_4783).Rights.ToString());
    }

    [Fact]
    public void Sctlr_TurnsTranslationOn_AndForbidsToExecuteWhatCanBeWritten()
    {
        Assert.True(TranslationRegime.FromAArch64(Linux with { Sctlr = 0x30d0_0800 }).IsIdentity);
        Assert.False(TranslationRegime.FromAArch64(Linux with { Sctlr = 0x30d0_0801 }).IsIdentity);
        Assert.Equal(
            RegimeRules.SupervisorDoesNotExecuteUserWritable | RegimeRules.WritableIsNotExecutable,
            TranslationRegime.FromAArch64(Linux with { Sctlr = 0x30d8_0801 }).Rules);
        Assert.Equal(
            RegimeRules.SupervisorDoesNotExecuteUserWritable | RegimeRules.SupervisorDoesNotAccessUserPages,
            TranslationRegime.FromAArch64(Linux with { Pan = true }).Rules);
        Assert.Equal(1UL, default(AArch64Registers).Sctlr);
    }

    [Fact]
    public void BigEndianTables_AreRefused_InASentence()
    {
        Assert.False(
            TranslationRegime.TryFromAArch64(
                Linux with { Sctlr = 0x0200_0001 }, out TranslationRegime? regime, out string? problem));
        Assert.Null(regime);
        Assert.Contains("0x2000001", problem, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => TranslationRegime.FromAArch64(Linux with { Sctlr = 0x0200_0001 }));
    }

    [Theory]
    [InlineData(0x0000_0032_b550_3500UL)]
    [InlineData(0x0000_0032_b550_350fUL)]
    [InlineData(0x0000_0032_b550_3531UL)]
    [InlineData(0x0000_0032_b550_353fUL)]
    [InlineData(0x0000_0032_b540_3510UL)]
    [InlineData(0x0000_0032_b571_3510UL)]
    [InlineData(0x0000_0032_b550_7530UL)]
    public void SizesThatDoNotExist_AreRefused_InASentence(ulong tcr)
    {
        Assert.False(TranslationRegime.TryFromAArch64(new() { Tcr = tcr }, out TranslationRegime? regime, out string? problem));
        Assert.Null(regime);
        Assert.Contains($"0x{tcr:x}", problem, StringComparison.Ordinal);
        Assert.Contains("TCR_EL1", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void MairAndShareability_AreTaken()
    {
        // DS takes the entries' SH; SH0 is 3, SH1 becomes 2.
        TranslationRegime regime = TranslationRegime.FromAArch64(
            new() { Tcr = 0x0800_0036_a54c_350c, Mair = 0x0000_0004_0044_ffff });
        Assert.Equal(MemoryType.NonCacheable, regime.Lower!.Format.AttributesOf(1, 0x4123_440b).MemoryType);
        Assert.Equal(MemoryType.DeviceNGnRe, regime.Upper!.Format.AttributesOf(1, 0x4123_4413).MemoryType);
        Assert.Equal(Shareability.Inner, regime.Lower.Format.AttributesOf(1, 0x4123_440b).Shareability);
        Assert.Equal(Shareability.Outer, regime.Upper.Format.AttributesOf(1, 0x4123_440b).Shareability);
        Assert.Equal(AArch64Stage1Options.DefaultMair, default(AArch64Registers).Mair);
    }
}
