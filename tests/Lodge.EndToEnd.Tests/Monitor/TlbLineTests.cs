using Xunit;

namespace Lodge.EndToEnd.Tests;

public sealed class TlbLineTests
{
    [Fact]
    public void Parse_WhatQemuPrints_GivesAddressesAndFlags()
    {
        TlbFlags data = TlbFlags.NoExecute | TlbFlags.Global | TlbFlags.Dirty | TlbFlags.Accessed | TlbFlags.Writable;
        TlbFlags device = data | TlbFlags.CacheDisabled | TlbFlags.WriteThrough;
        TlbFlags code = TlbFlags.Global | TlbFlags.Large | TlbFlags.Dirty | TlbFlags.Accessed;
        Assert.Equal(
            new TlbLine(0x401000, 0x68ae000, TlbFlags.Accessed | TlbFlags.User),
            TlbLine.Parse("0000000000401000: 00000000068ae000 ----A--U-"));
        Assert.Equal(
            new TlbLine(0xffff888000099000, 0x99000, data), TlbLine.Parse("ffff888000099000: 0000000000099000 XG-DA---W"));
        Assert.Equal(
            new TlbLine(0xffffffffff5fc000, 0xfec00000, device), TlbLine.Parse("ffffffffff5fc000: 00000000fec00000 XG-DACT-W"));
        Assert.Equal(
            new TlbLine(0xffffffff81000000, 0x1000000, code), TlbLine.Parse("ffffffff81000000: 0000000001000000 -GPDA----"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PG disabled")]
    [InlineData("0000000000401000: 00000000068ae000")]
    [InlineData("0000000000401000: 00000000068ae000 ----A--U")]
    [InlineData("0000000000401000: 00000000068ae000 ----A--Z-")]
    [InlineData("0000000000401000 00000000068ae000 ----A--U-")]
    [InlineData("000000000040100g: 00000000068ae000 ----A--U-")]
    public void Parse_AnythingElse_Fails(string line) => Assert.Throws<FormatException>(() => TlbLine.Parse(line));
}
