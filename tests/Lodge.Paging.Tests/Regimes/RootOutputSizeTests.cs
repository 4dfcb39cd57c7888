using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A root above the output size is an address size fault at level 0, as every table above it is one.</summary>
public sealed class RootOutputSizeTests
{
    private const ulong High = 1UL << 40;

    // IPS 2 is 40 bits; the root lies right above them.
    [Fact]
    public void Stage1_RootAboveTheOutputSize_TranslatesNothing()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(High, 0x1000));
        memory.Write<LittleEndian<ulong>>(High, 0x0060_0000_0020_0701);
        var registers = new AArch64Registers { Tcr = 0x0000_0002_a262_2222, Ttbr0 = High };
        Assert.False(
            TranslationRegime.TryFromAArch64(registers, out TranslationRegime? regime, out _)
            && new PageWalker(memory, regime).Walk(0).IsTranslated);
    }

    [Fact]
    public void Stage2_RootAboveTheOutputSize_TranslatesNothing()
    {
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(High, 0x2000));
        memory.Write<LittleEndian<ulong>>(High, 0x0000_0000_4000_07fd);
        Assert.False(
            TranslationRegime.TryFromAArch64Stage2(High, 0x8002_3558, false, out TranslationRegime? regime, out _)
            && new PageWalker(memory, regime).Walk(0).IsTranslated);
    }
}
