using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Bits 5:2 of TTBRn and VTTBR are address bits 51:48 only where addresses have 52 bits in effect: IPS says so, and the
/// granule is 64 KiB or DS is set. Else IPS counts for 48 bits.</summary>
public sealed class AArch64RootTests
{
    // IPS 6 and DS clear: 4 KiB with 48 bits, then 16 KiB with 47.
    [Theory]
    [InlineData(0x0000_0036_b550_3510UL, 0x4123_4000UL)]
    [InlineData(0x0000_0036_7551_b511UL, 0x4123_4000UL)]
    public void Stage1_WithoutDs_HasNoAddressInBits5To2(ulong tcr, ulong root)
    {
        TranslationRegime regime = TranslationRegime.FromAArch64(
            new AArch64Registers { Tcr = tcr, Ttbr0 = root | 0x3c, Ttbr1 = root | 0x24 });
        Assert.Equal(new GuestAddress(root), regime.Lower!.Root);
        Assert.Equal(new GuestAddress(root), regime.Upper!.Root);
    }

    [Fact]
    public void Stage2_WithoutDs_HasNoAddressInBits5To2()
        => Assert.Equal(new GuestAddress(0x8000_2000), TranslationRegime.FromAArch64Stage2(0x8000_203c, 0x8006_3558).Lower!.Root);
}
