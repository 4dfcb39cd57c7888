using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Which addresses are translated at all.</summary>
public sealed class AddressFormTests
{
    private static readonly AArch64Stage1Options Upper = new() { IsUpper = true };

    public static TheoryData<string, PageTableFormat, ulong[], ulong[]> Edges => new()
    {
        {
            "x86-64, 4 levels", PageTableFormat.X64FourLevels,
            [0, 0x7fff_ffff_ffff, 0xffff_8000_0000_0000, ulong.MaxValue],
            [0x8000_0000_0000, 0xffff_7fff_ffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0x1_0000_0000_0000]
        },
        {
            "x86-64, 5 levels", PageTableFormat.X64FiveLevels,
            [0, 0x00ff_ffff_ffff_ffff, 0xff00_0000_0000_0000, ulong.MaxValue],
            [0x0100_0000_0000_0000, 0xfeff_ffff_ffff_ffff, 0x8000_0000_0000_0000]
        },
        { "EPT, 4 levels", PageTableFormat.EptFourLevels, [0, 0xffff_ffff_ffff], [0x1_0000_0000_0000, ulong.MaxValue] },
        { "EPT, 5 levels", PageTableFormat.EptFiveLevels, [0, 0x01ff_ffff_ffff_ffff], [0x0200_0000_0000_0000, ulong.MaxValue] },
        {
            "Sv39", PageTableFormat.Sv39,
            [0, 0x3f_ffff_ffff, 0xffff_ffc0_0000_0000, ulong.MaxValue], [0x40_0000_0000, 0xffff_ffbf_ffff_ffff, 0x80_0000_0000]
        },
        {
            "Sv48", PageTableFormat.Sv48,
            [0, 0x7fff_ffff_ffff, 0xffff_8000_0000_0000], [0x8000_0000_0000, 0xffff_7fff_ffff_ffff]
        },
        {
            "Sv57", PageTableFormat.Sv57,
            [0, 0x00ff_ffff_ffff_ffff, 0xff00_0000_0000_0000], [0x0100_0000_0000_0000, 0xfeff_ffff_ffff_ffff]
        },
        { "Sv39x4", PageTableFormat.Sv39x4, [0, 0x1ff_ffff_ffff], [0x200_0000_0000, ulong.MaxValue, 0xffff_ffc0_0000_0000] },
        { "Sv48x4", PageTableFormat.Sv48x4, [0, 0x3_ffff_ffff_ffff], [0x4_0000_0000_0000, ulong.MaxValue] },
        { "Sv57x4", PageTableFormat.Sv57x4, [0, 0x07ff_ffff_ffff_ffff], [0x0800_0000_0000_0000, ulong.MaxValue] },
        {
            "AArch64, lower", PageTableFormat.AArch64Stage1(new AArch64Stage1Options()),
            [0, 0xffff_ffff_ffff], [0x1_0000_0000_0000, 0xffff_0000_0000_0000, ulong.MaxValue, 0x0100_0000_0000_0000]
        },
        {
            "AArch64, lower, 39 bits", PageTableFormat.AArch64Stage1(new AArch64Stage1Options { InputBits = 39 }),
            [0, 0x7f_ffff_ffff], [0x80_0000_0000, ulong.MaxValue]
        },
        {
            "AArch64, upper", PageTableFormat.AArch64Stage1(Upper),
            [0xffff_0000_0000_0000, ulong.MaxValue], [0, 0xffff_ffff_ffff, 0xfffe_ffff_ffff_ffff, 0x00ff_0000_0000_0000]
        },
        {
            "AArch64, lower, TBI", PageTableFormat.AArch64Stage1(new AArch64Stage1Options { TopByteIgnored = true }),
            [0, 0xffff_ffff_ffff, 0xab00_ffff_ffff_ffff, 0xff00_0000_0000_0000],
            [0x1_0000_0000_0000, 0xab01_0000_0000_0000, ulong.MaxValue]
        },
        {
            "AArch64, upper, TBI", PageTableFormat.AArch64Stage1(Upper with { TopByteIgnored = true }),
            [0xffff_0000_0000_0000, 0x00ff_0000_0000_0000, 0x12ff_ffff_ffff_ffff],
            [0, 0xfffe_ffff_ffff_ffff, 0xff00_0000_0000_0000]
        },
        {
            "AArch64, upper, 52 bits",
            PageTableFormat.AArch64Stage1(Upper with { WideAddresses = true, InputBits = 52, OutputBits = 52 }),
            [0xfff0_0000_0000_0000, ulong.MaxValue], [0xffef_ffff_ffff_ffff, 0x000f_ffff_ffff_ffff]
        },
        {
            "AArch64 stage 2, 40 bits", PageTableFormat.AArch64Stage2(new AArch64Stage2Options()),
            [0, 0xff_ffff_ffff], [0x100_0000_0000, ulong.MaxValue]
        },
    };

    [Theory]
    [MemberData(nameof(Edges), DisableDiscoveryEnumeration = true)]
    public void Translates_WhatTheManualSays(string name, PageTableFormat format, ulong[] translated, ulong[] others)
    {
        foreach (ulong address in translated)
            Assert.True(format.Translates(address), $"{name}: 0x{address:x}");

        foreach (ulong address in others)
            Assert.False(format.Translates(address), $"{name}: 0x{address:x}");
    }
}
