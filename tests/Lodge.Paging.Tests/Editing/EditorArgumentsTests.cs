using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>What cannot be mapped is refused, and changes nothing.</summary>
public sealed class EditorArgumentsTests : IDisposable
{
    private const ulong Size = 4 << 20;
    private const ulong Hole = 0x8000_0000_0000;
    private const ulong Upper = 0xffff_8000_0000_0000;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0x1001, 0x1000, 0)]
    [InlineData(0x1000, 0x1800, 0)]
    [InlineData(0x1000, 0x1000, 0x800)]
    [InlineData(Hole, 0x1000, 0)]
    [InlineData(Hole - 0x1000, 0x2000, 0)]
    [InlineData(Hole - 0x1000, Upper - Hole + 0x2000, 0)]
    [InlineData(Upper - 0x1000, 0x2000, 0)]
    [InlineData(0, ulong.MaxValue - 0xfff, 0)]
    [InlineData(0x1000, 0x1000, 1UL << 52)]
    [InlineData(0x1000, 0x2000, (1UL << 52) - 0x1000)]
    [InlineData(0x1000, 0x2000, 0xffff_ffff_ffff_f000)]
    public void Map_OfWhatCannotBe_IsRefused(ulong start, ulong length, ulong target)
    {
        PageTableEditor editor = NewEditor();
        var range = new GuestRange(start, length);
        Assert.ThrowsAny<ArgumentException>(() => editor.Map(range, target, MemoryAccess.Read));
        AssertEmpty(editor);
        if (target != 0)
            return;

        var attributes = new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.Read));
        Assert.ThrowsAny<ArgumentException>(() => editor.MapNew(range, _frames, attributes));
        Assert.ThrowsAny<ArgumentException>(() => editor.Unmap(range));
        Assert.ThrowsAny<ArgumentException>(() => editor.Protect(range, MemoryAccess.Read));
        AssertEmpty(editor);
    }

    [Fact]
    public void Map_OfWhatTheFormatCannotSay_IsRefused()
    {
        PageTableEditor editor = NewEditor();
        var page = new GuestRange(0x1000, 0x1000);
        var userOnly = new PageAttributes(new PageRights(MemoryAccess.None, MemoryAccess.Read));
        var unknown = new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.Read), MemoryType.DeviceNGnRnE);
        Assert.Throws<ArgumentException>(() => editor.Map(page, 0, userOnly));
        Assert.Throws<ArgumentException>(() => editor.Map(page, 0, unknown));
        Assert.Throws<ArgumentException>(() => editor.MapNew(page, _frames, unknown));
        Assert.Throws<ArgumentException>(() => editor.Map(page, 0, MemoryAccess.Write));
        AssertEmpty(editor);
    }

    // To the ends of both halves, and up to the last address there is.
    [Theory]
    [InlineData(0)]
    [InlineData(Hole - 0x2000)]
    [InlineData(Upper)]
    [InlineData(ulong.MaxValue - 0x1fff)]
    public void Map_AtTheEnds_IsDone(ulong start)
    {
        PageTableEditor editor = NewEditor();
        var range = new GuestRange(start, 0x2000);
        editor.Map(range, (1UL << 52) - 0x2000, MemoryAccess.Read);
        Assert.Equal(range, Assert.Single(Ranges(editor)).Range);
        editor.Unmap(range);
        AssertEmpty(editor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void Map_OverAPage_SaysWhichAndChangesNothing(int taken)
    {
        PageTableEditor editor = NewEditor();
        ulong page = 0x3f_e000UL + ((ulong)taken * 0x1000);
        editor.Map(new GuestRange(page, 0x1000), 0x5000, MemoryAccess.Read);
        List<NaivePage> before = NaiveTables.Read(_memory, editor.Table, out int tables);
        var range = new GuestRange(0x3f_e000, 0x8000);
        var attributes = new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.Read));

        Assert.False(editor.TryMap(range, 0, attributes, out PageEditFailure failure));
        Assert.Equal(new PageEditFailure(PageEditFailureKind.AlreadyMapped, page, 1), failure);
        Assert.False(editor.TryMapNew(range, _frames, attributes, out failure));
        Assert.Equal(new PageEditFailure(PageEditFailureKind.AlreadyMapped, page, 1), failure);
        Assert.Equal(before, NaiveTables.Read(_memory, editor.Table, out int tablesNow));
        Assert.Equal(tables, tablesNow);
        Assert.Equal(tables, _frames.InUse);
        Assert.Equal("", _frames.Problems);
    }

    // The largest that fit address, target and length.
    [Theory]
    [InlineData(0x4000_0000, 0x4000_0000, 0x8000_0000, "33")]
    [InlineData(0x4000_0000, 0x1_0000_0000, 0x4020_0000, "32")]
    [InlineData(0x4020_0000, 0x20_0000, 0x20_1000, "21")]
    [InlineData(0x20_0000, 0x7fe0_0000, 0x20_0000, "2")]
    [InlineData(0x20_0000, 0x1000, 0x2000, "11")]
    [InlineData(0x3f_f000, 0x1f_f000, 0x20_2000, "121")]
    public void Map_TakesTheLargestPagesThatFit(ulong start, ulong target, ulong length, string levels)
    {
        PageTableEditor editor = NewEditor();
        editor.Map(new GuestRange(start, length), target, MemoryAccess.Read);
        List<NaivePage> pages = NaiveTables.Read(_memory, editor.Table);
        Assert.Equal(levels, string.Concat(pages.Select(page => page.Level)));
        Assert.All(pages, page => Assert.Equal(unchecked(target - start), unchecked(page.Target - page.Address)));
    }

    // One flush for many frames, and none of them before it.
    [Fact]
    public void Unmap_OfManyPages_FlushesInBatchesBeforeMemoryIsGivenBack()
    {
        const int Pages = 3000;
        using GuestMemory memory = GuestMemory.Anonymous(16 << 20);
        var frames = new WatchfulAllocator(0, 16 << 20);
        int waiting = 0;
        var tlb = new FlushRecorder();
        var editor = new PageTableEditor(
            memory, PageTableFormat.X64FourLevels, frames, new PageTableEditorOptions { Tlbs = [tlb], LargestPageLevel = 1 });
        var range = new GuestRange(0x40_0000, Pages * 4096);
        editor.MapNew(range, frames, new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.ReadWrite)));
        tlb.Flushes.Clear();
        frames.Happened = (_, _, _) => waiting += tlb.Flushes.Count == 0 ? 1 : 0;
        editor.Unmap(range, frames);

        Assert.Equal(0, waiting);
        Assert.InRange(tlb.Flushes.Count, 1, 5);
        Assert.All(tlb.Flushes, flush => Assert.True(flush.Contains(range) || range.Contains(flush)));
        Assert.Equal(1, frames.InUse);
        Assert.Equal("", frames.Problems);
    }

    public void Dispose() => _memory.Dispose();

    private PageTableEditor NewEditor() => new(_memory, PageTableFormat.X64FourLevels, _frames);

    private MappedRanges Ranges(PageTableEditor editor)
        => new PageWalker(_memory, TranslationRegime.Of(editor.Table)).GetMappedRanges();

    private void AssertEmpty(PageTableEditor editor)
    {
        Assert.Empty(NaiveTables.Read(_memory, editor.Table, out int tables));
        Assert.Equal((1, 1, ""), (tables, _frames.InUse, _frames.Problems));
    }
}
