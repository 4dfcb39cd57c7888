using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Tables that lie across the border of two regions: each entry is in memory, and the table is not in one piece of it.</summary>
public sealed class TablesInPiecesTests
{
    private const ulong Size = 2 << 20;

    // Two pages whose level-1 entries lie on both sides of the border.
    private static readonly GuestRange Both = new(0x40_0000, 0x20_0000);

    [Fact]
    public void Map_IntoATableInPieces_IsDone()
    {
        using GuestMemory memory = InPieces();
        PageTableEditor editor = NewEditor(memory);
        Assert.True(editor.TryMap(Both, 0x1000, Attributes(editor), out PageEditFailure failure), failure.ToString());
        Assert.Equal(512, NaiveTables.Read(memory, editor.Table).Count);
    }

    [Fact]
    public void Unmap_OfATableInPieces_LeavesNothing()
    {
        using GuestMemory memory = InPieces();
        PageTableEditor editor = WithTwoPages(memory);
        editor.Unmap(Both);
        Assert.False(editor.TryQuery(0x40_0000, out PageMapping left), $"{left} is still mapped");
    }

    [Fact]
    public void Protect_OfATableInPieces_ReachesAllPages()
    {
        using GuestMemory memory = InPieces();
        PageTableEditor editor = WithTwoPages(memory);
        editor.Protect(Both, MemoryAccess.Read);
        Assert.All(
            NaiveTables.Read(memory, editor.Table),
            page => Assert.Equal(MemoryAccess.Read, page.Attributes.Rights.Supervisor));
    }

    [Fact]
    public void Release_OfTablesInPieces_GivesAllBack()
    {
        using GuestMemory memory = InPieces();
        var frames = new FrameAllocator(new GuestRange(0, Size));
        PageTableEditor editor = WithTwoPages(memory, frames);
        editor.Release();
        Assert.Equal(Size, frames.FreeBytes);
    }

    [Fact]
    public void Unmap_InALargePageWhoseNewTableIsInPieces_SplitsIt()
    {
        using GuestMemory memory = InPieces();
        var frames = new FrameAllocator(new GuestRange(0, Size));
        var editor = new PageTableEditor(memory, PageTableFormat.X64FourLevels, frames);
        editor.Map(Both, 0x20_0000, Attributes(editor));
        Assert.Equal(2, Assert.Single(NaiveTables.Read(memory, editor.Table)).Level);

        editor.Unmap(new GuestRange(0x40_0000, 0x1000));
        Assert.Equal(511, NaiveTables.Read(memory, editor.Table).Count);
    }

    // Regions of a page and a half: every second table lies across a border.
    private static GuestMemory InPieces()
        => GuestMemory.Create([.. Enumerable.Range(0, (int)(Size / 0x800)).Select(i => MemoryRegion.Anonymous((ulong)i * 0x800, 0x800))]);

    private static PageTableEditor NewEditor(GuestMemory memory, FrameAllocator? frames = null)
        => new(memory, PageTableFormat.X64FourLevels, frames ?? new FrameAllocator(new GuestRange(0, Size)));

    private static PageTableEditor WithTwoPages(GuestMemory memory, FrameAllocator? frames = null)
    {
        PageTableEditor editor = NewEditor(memory, frames);
        editor.Map(new GuestRange(Both.Start, 0x1000), 0x1000, Attributes(editor));
        editor.Map(new GuestRange(Both.Last.AlignDown(0x1000), 0x1000), 0x3000, Attributes(editor));
        return editor;
    }

    private static PageAttributes Attributes(PageTableEditor editor) => new(editor.Table.Format.RightsFor(MemoryAccess.All));
}
