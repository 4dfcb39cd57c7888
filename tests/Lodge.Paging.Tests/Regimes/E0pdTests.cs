using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>TCR_EL1.E0PD0 (bit 55) and E0PD1 (56): what EL0 does with addresses of that half is a translation fault at level 0,
/// whatever the tables say. Linux sets E0PD1.</summary>
public sealed class E0pdTests
{
    private const ulong Tcr = 0x0000_0002_a262_2222, Upper = 0xffff_ffff_c000_0000;

    [Theory]
    [InlineData(55, 0UL, Upper)]
    [InlineData(56, Upper, 0UL)]
    public void E0pd_KeepsProgramsOutOfAHalf(int bit, ulong closed, ulong open)
    {
        // A block that everybody may read, in both halves.
        using GuestMemory memory = GuestMemory.Anonymous(0x2000);
        memory.Write<LittleEndian<ulong>>(0x1000, 0x0060_0000_0020_07d1);
        var walker = new PageWalker(
            memory,
            TranslationRegime.FromAArch64(new AArch64Registers { Tcr = Tcr | (1UL << bit), Ttbr0 = 0x1000, Ttbr1 = 0x1000 }));
        Assert.True(walker.Walk(open, MemoryAccess.Read, Privilege.User).IsTranslated);
        Assert.True(walker.Walk(closed, MemoryAccess.Read).IsTranslated);
        Assert.False(walker.Walk(closed, MemoryAccess.Read, Privilege.User).IsTranslated);
    }
}
