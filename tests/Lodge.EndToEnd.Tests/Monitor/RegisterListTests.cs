using Lodge.Paging;
using Xunit;

namespace Lodge.EndToEnd.Tests;

public sealed class RegisterListTests
{
    private const string Text = "\r\nCPU#0\r\nRAX=0000000000000000 RBX=0000000000000000\r\n"
        + "RIP=00000000004f8ab3 RFL=00000246 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0\r\n"
        + "CR0=80050033 CR2=00007ffd0ddc11c8 CR3=000000000295e000 CR4=00751eb0\r\n"
        + "DR6=00000000ffff0ff0 DR7=0000000000000400\r\nEFER=0000000000000d01\r\n";

    [Fact]
    public void Parse_WhatQemuPrints_GivesTheRegisters()
        => Assert.Equal(
            new X64Registers
            {
                Cr0 = 0x80050033,
                Cr3 = 0x295e000,
                Cr4 = 0x751eb0,
                Efer = 0xd01,
                Rflags = 0x246,
                PhysicalAddressBits = 40,
            },
            RegisterList.Parse(Text));

    [Theory]
    [InlineData("CR0")]
    [InlineData("CR3")]
    [InlineData("CR4")]
    [InlineData("EFER")]
    [InlineData("RFL")]
    public void Parse_WithoutARegister_Fails(string name)
        => Assert.Throws<KeyNotFoundException>(() => RegisterList.Parse(Text.Replace(name + "=", "", StringComparison.Ordinal)));
}
