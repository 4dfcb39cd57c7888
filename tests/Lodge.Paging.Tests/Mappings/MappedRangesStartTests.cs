using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Enumerations that begin somewhere, and that are cut short and continued.</summary>
public sealed class MappedRangesStartTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(4 << 20);

    public static TheoryData<string, ulong> UpperHalves => new()
    {
        { "x64 4 levels", 0xffff_8000_0000_0000 },
        { "x64 5 levels", 0xff00_0000_0000_0000 },
        { "riscv Sv39", 0xffff_ffc0_0000_0000 },
        { "riscv Sv48", 0xffff_8000_0000_0000 },
        { "riscv Sv57", 0xff00_0000_0000_0000 },
        { "aarch64 stage 1, Size4K, 39 bits, upper, TBI, 40 out", 0xffff_ff80_0000_0000 },
    };

    [Theory]
    [MemberData(nameof(UpperHalves))]
    public void Start_InTheUpperHalf_FindsWhatIsThere(string format, ulong upper)
    {
        PageTableEditor editor = NewEditor(format);
        var range = new GuestRange(upper + 0x20_0000, 0x20_0000);
        editor.Map(range, 0x4000_0000, MemoryAccess.ReadWrite);

        foreach (ulong start in (ulong[])[upper, upper + 0x20_0000, upper + 0x20_1000])
        {
            MappedRange found = Assert.Single(RangesFrom(editor, start));
            Assert.True(found.Range.Last == range.Last, $"from 0x{start:x}: {found.Range}");
        }
    }

    [Theory]
    [MemberData(nameof(UpperHalves))]
    public void CutShortInTheUpperHalf_GoesOnFromThere(string format, ulong upper)
    {
        PageTableEditor editor = NewEditor(format);
        const ulong Stride = 1 << 25;
        for (ulong i = 0; i < 8; i++)
            editor.Map(new GuestRange(upper + (i * Stride), 0x10000), 0x10000, MemoryAccess.Read);

        Assert.Equal(
            [.. Enumerable.Range(0, 8).Select(i => new GuestAddress(upper + ((ulong)i * Stride)))],
            RangesInPieces(editor, 6).Select(range => range.Range.Start));
    }

    // A budget that does not reach the place to start from finds nothing, and has been cut short no earlier than there.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void CutBeforeTheStart_IsCutAtTheStart(int mostTables)
    {
        PageTableEditor editor = NewEditor("x64 4 levels");
        editor.Map(new GuestRange(0x40_0000_0000, 0x4000), 0x10000, MemoryAccess.Read);
        const ulong Start = 0x40_0000_2000;
        MappedRanges ranges = Walker(editor)
            .GetMappedRanges(new MappedRangesOptions { Start = Start, MostTables = mostTables });

        Assert.Empty(ranges.ToList());
        Assert.True(ranges.IsCutShort);
        Assert.True(ranges.CutAt >= Start, $"to begin at 0x{Start:x}, cut at {ranges.CutAt}");
    }

    public void Dispose() => _memory.Dispose();

    private PageTableEditor NewEditor(string format)
        => new(_memory, FormatCases.Get(format).Format, new FrameAllocator(new GuestRange(0, 4 << 20)));

    private PageWalker Walker(PageTableEditor editor) => new(_memory, TranslationRegime.Of(editor.Table));

    private List<MappedRange> RangesFrom(PageTableEditor editor, ulong start)
        => [.. Walker(editor).GetMappedRanges(new MappedRangesOptions { Start = start })];

    private List<MappedRange> RangesInPieces(PageTableEditor editor, int mostTables)
    {
        var all = new List<MappedRange>();
        MappedRanges part = Walker(editor).GetMappedRanges(new MappedRangesOptions { MostTables = mostTables });
        for (int parts = 1; ; parts++)
        {
            Assert.True(parts < 100, "No end.");
            all.AddRange(part);
            if (!part.IsCutShort)
                return all;

            part = Walker(editor).GetMappedRanges(new MappedRangesOptions { MostTables = mostTables, Start = part.CutAt });
        }
    }
}
