using Xunit;

namespace Lodge.EndToEnd.Tests;

public sealed class ControlRegistersTests
{
    [Fact]
    public void Parse_WhatQemuPrints_GivesTheFour()
    {
        const string Text = "\r\nCPU#0\r\nRAX=0000000000000000 RBX=0000000000000000\r\n"
            + "CR0=80050033 CR2=00007ffd0ddc11c8 CR3=000000000295e000 CR4=00751eb0\r\n"
            + "DR6=00000000ffff0ff0 DR7=0000000000000400\r\nEFER=0000000000000d01\r\n";
        var registers = ControlRegisters.Parse(Text);
        Assert.Equal(new ControlRegisters(0x80050033, 0x295e000, 0x751eb0, 0xd01), registers);
        Assert.Equal(PagingDepth.FiveLevels, registers.Depth);
    }

    [Fact]
    public void Parse_WithoutARegister_Fails()
        => Assert.Throws<KeyNotFoundException>(() => ControlRegisters.Parse("CR0=80050033 CR3=0 EFER=0"));
}
