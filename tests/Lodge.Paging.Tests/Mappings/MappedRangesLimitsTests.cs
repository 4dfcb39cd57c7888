using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What an enumeration costs, and what it counts.</summary>
public sealed class MappedRangesLimitsTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(4 << 20);

    // Entries that all lead back would be walked for years.
    [Theory]
    [InlineData("x64 4 levels", 0x1003)]
    [InlineData("x64 5 levels", 0x1003)]
    [InlineData("ept 4 levels", 0x1007)]
    [InlineData("riscv Sv48", 0x401)]
    [InlineData("aarch64 stage 1, Size4K, 48 bits", 0x1403)]
    public void TableThatLeadsToItself_CostsTheBudgetAndNoMore(string format, ulong entry)
    {
        for (ulong i = 0; i < 512; i++)
            _memory.Write(0x1000 + (i * 8), new LittleEndian<ulong>(entry));

        var space = new PatientSpace(_memory, 5000 * 16);
        MappedRanges ranges = Walker(space, FormatCases.Get(format).Format)
            .GetMappedRanges(new MappedRangesOptions { MostTables = 5000 });
        int count = ranges.Count();
        Assert.Equal((5000, true), (ranges.TablesVisited, ranges.IsCutShort));
        Assert.True(count <= 5000 * 512 && ranges.CutAt.Value != 0, $"{count} ranges, cut at {ranges.CutAt}");
    }

    [Fact]
    public void Reset_BeginsAgainWithNewCounts()
    {
        _memory.Write(0x1000, new LittleEndian<ulong>(0x2003));
        _memory.Write(0x1008, new LittleEndian<ulong>(0x2083));
        _memory.Write(0x1010, new LittleEndian<ulong>(0x8000_0000_0003));
        _memory.Write(0x2000, new LittleEndian<ulong>(0x83));
        MappedRanges ranges = Walker(_memory, PageTableFormat.X64FourLevels).GetMappedRanges();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(1 << 30, (long)Assert.Single(ranges).Range.Length);
            Assert.Equal((1L, 1, 3), (ranges.MalformedEntries, ranges.TablesOutsideMemory, ranges.TablesVisited));
            ranges.Reset();
            Assert.Equal((0L, 0, 0), (ranges.MalformedEntries, ranges.TablesOutsideMemory, ranges.TablesVisited));
        }
    }

    [Fact]
    public void EachStep_AllocatesNothing()
    {
        var editor = new PageTableEditor(
            _memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0x1_0000, 1 << 20)));
        for (ulong i = 0; i < 200; i += 2)
            editor.Map(new GuestRange(i * 0x10_0000, 0x1000), 0, MemoryAccess.Read);

        MappedRanges ranges = Walker(_memory, editor.Table).GetMappedRanges();
        Allocations.AssertNone(() =>
        {
            ranges.Reset();
            int count = 0;
            while (ranges.MoveNext())
                count++;

            if (count != 100)
                throw new InvalidOperationException($"{count} ranges");
        });
    }

    // Rights, memory type and global pages keep ranges apart, as do gaps on either side; the size of pages does not.
    [Fact]
    public void Neighbours_AreOneRangeWhereTheyAllowTheSame()
    {
        var editor = new PageTableEditor(
            _memory, PageTableFormat.X64FourLevels, new FrameAllocator(new GuestRange(0x1_0000, 1 << 20)));
        var plain = new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.Read));
        (ulong Start, ulong Length, ulong Target, PageAttributes Attributes)[] parts =
        [
            (0x1f_f000, 0x1000, 0x1f_f000, plain),
            (0x20_0000, 0x20_0000, 0x20_0000, plain with { IsAccessed = false }),
            (0x40_0000, 0x1000, 0x40_0000, plain with { IsDirty = false }),
            (0x40_1000, 0x1000, 0x40_1000, plain with { IsGlobal = true }),
            (0x40_2000, 0x1000, 0x40_2000, plain with { MemoryType = MemoryType.Uncacheable }),
            (0x40_3000, 0x1000, 0x40_3000, new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.ReadWrite))),
            (0x40_4000, 0x1000, 0x40_6000, plain),
            (0x40_6000, 0x1000, 0x40_7000, plain),
        ];
        foreach (var (start, length, target, attributes) in parts)
            editor.Map(new GuestRange(start, length), target, attributes);

        MappedRange[] ranges = [.. Walker(_memory, editor.Table).GetMappedRanges()];
        Assert.Equal(
            [0x1f_f000, 0x40_1000, 0x40_2000, 0x40_3000, 0x40_4000, 0x40_6000], ranges.Select(range => range.Range.Start.Value));
        Assert.Equal((0x20_2000UL, 1, 2), (ranges[0].Range.Length, ranges[0].SmallestLevel, ranges[0].LargestLevel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void BudgetOfNothing_IsRefused(int mostTables)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Walker(_memory, PageTableFormat.X64FourLevels)
            .GetMappedRanges(new MappedRangesOptions { MostTables = mostTables }));

    public void Dispose() => _memory.Dispose();

    private static PageWalker Walker(IAddressSpace space, PageTableFormat format) => Walker(space, new PageTable(format, 0x1000));

    private static PageWalker Walker(IAddressSpace space, PageTable table) => new(space, TranslationRegime.Of(table));
}
