using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>TCR_EL1.TBID0 (bit 51) and TBID1 (52): the top byte is ignored for data only, and not for instructions.</summary>
public sealed class TbidTests
{
    [Theory]
    [InlineData(37, 51, 0x1200_0000_0000_0000UL)]
    [InlineData(38, 52, 0x12ff_ffff_c000_0000UL)]
    public void Tbid_LooksAtTheTopByteOfFetches(int tbi, int tbid, ulong tagged)
    {
        using GuestMemory memory = GuestMemory.Anonymous(0x2000);
        memory.Write<LittleEndian<ulong>>(0x1000, 0x0000_0000_0020_0791);
        var registers = new AArch64Registers
        {
            Tcr = 0x0000_0002_a262_2222 | (1UL << tbi) | (1UL << tbid),
            Ttbr0 = 0x1000,
            Ttbr1 = 0x1000,
        };
        var walker = new PageWalker(memory, TranslationRegime.FromAArch64(registers));
        Assert.True(walker.Walk(tagged, MemoryAccess.Read).IsTranslated);
        Assert.False(walker.Walk(tagged, MemoryAccess.Execute).IsTranslated);
    }
}
