using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Tables that are malformed, or not in memory, or only in part.</summary>
public sealed class MappedRangesBrokenTablesTests
{
    private const ulong Root = 0x1000;
    private const ulong LastTable = 0x4000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(63, 63)]
    [InlineData(64, 64)]
    [InlineData(100, 100)]
    [InlineData(511, 511)]
    public void TableThatEndsWithMemory_CountsOnce(int entries, int pages)
    {
        using GuestMemory memory = GuestMemory.Anonymous(LastTable + ((ulong)entries * 8) + 3);
        WriteChain(memory);
        for (ulong i = 0; i < (ulong)entries; i++)
            memory.Write(LastTable + (i * 8), 0x10_0003 + (i << 12));

        MappedRanges ranges = new PageWalker(memory, Regime()).GetMappedRanges();
        List<MappedRange> found = [.. ranges];

        Assert.Equal((ulong)pages * 4096, found.Aggregate(0UL, (sum, range) => sum + range.Range.Length));
        Assert.Equal(4, ranges.TablesVisited);
        Assert.Equal(1, ranges.TablesOutsideMemory);
    }

    private static TranslationRegime Regime() => TranslationRegime.Of(new PageTable(PageTableFormat.X64FourLevels, Root));

    private static void WriteChain(GuestMemory memory)
    {
        memory.Write(Root, 0x2003UL);
        memory.Write(0x2000, 0x3003UL);
        memory.Write(0x3000, LastTable | 3);
    }
}
