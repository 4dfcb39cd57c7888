using Xunit;

namespace Lodge.EndToEnd.Tests;

public sealed class ListedRangeTests
{
    [Fact]
    public void Parse_WhatQemuPrints_GivesRangeAndRights()
    {
        Assert.Equal(
            new ListedRange(0x5e2000, 0x1000, IsUser: true, IsWritable: true),
            ListedRange.Parse("00000000005e2000-00000000005e3000 0000000000001000 urw"));
        Assert.Equal(
            new ListedRange(0xffffffff9b600000, 0xe02000, IsUser: false, IsWritable: false),
            ListedRange.Parse("ffffffff9b600000-ffffffff9c402000 0000000000e02000 -r-"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PG disabled")]
    [InlineData("00000000005e2000-00000000005e3000 0000000000001000")]
    [InlineData("00000000005e2000-00000000005e3000 0000000000001000 u-w")]
    [InlineData("00000000005e2000-00000000005e3000 000000000000100g urw")]
    public void Parse_AnythingElse_Fails(string line) => Assert.Throws<FormatException>(() => ListedRange.Parse(line));
}
