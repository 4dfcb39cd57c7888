using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A processor keeps what it found in tables too: memory is given back only after TLBs were told.</summary>
public sealed class FlushOrderTests : IDisposable
{
    private const ulong Size = 4 << 20;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);

    private readonly List<string> _events = [];

    // What was never linked no processor has walked, and so there is nothing to flush.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MapNew_ThatFailsBeforeAnythingIsMapped_NeverLinksTheTables(int allocations)
    {
        PageTableEditor editor = NewEditor(out WatchfulAllocator frames);
        frames.Happened = (what, frame, size) => _events.Add(HasLinks(editor) ? $"{what} while linked" : what);
        frames.Remaining = allocations;

        Assert.False(editor.TryMapNew(new GuestRange(0x40_0000, 0x1000), frames, Readable(editor), out _));
        Assert.Equal(
            [.. Enumerable.Repeat("take", allocations), .. Enumerable.Repeat("free", allocations)], _events);
    }

    // Each half is under a root entry of its own, and the second half is out of memory when the first is linked: three tables and a
    // page each, of which the second gets some.
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void MapNew_ThatFailsBehindWhatIsLinked_FlushesBeforeLinkedTablesAreGivenBack(int allocations)
    {
        const ulong Border = 1UL << 39;
        PageTableEditor editor = NewEditor(out WatchfulAllocator frames);
        frames.Happened = (what, frame, size) => _events.Add(what);
        frames.Remaining = allocations;

        Assert.False(editor.TryMapNew(new GuestRange(Border - 0x1000, 0x2000), frames, Readable(editor), out _));
        Assert.Equal(allocations, _events.Count(what => what == "free"));

        int flush = _events.IndexOf("flush");
        Assert.True(flush >= 0, "There was no flush.");
        Assert.Equal(allocations - 4, _events[..flush].Count(what => what == "free"));
        Assert.Equal(4, _events[flush..].Count(what => what == "free"));
        Assert.False(HasLinks(editor));
    }

    public void Dispose() => _memory.Dispose();

    private PageTableEditor NewEditor(out WatchfulAllocator frames)
    {
        var tlb = new FlushRecorder { Flushed = range => _events.Add("flush") };
        frames = new WatchfulAllocator(0, Size);
        return new PageTableEditor(
            _memory, PageTableFormat.X64FourLevels, frames, new PageTableEditorOptions { Tlbs = [tlb] });
    }

    private static PageAttributes Readable(PageTableEditor editor)
        => new(editor.Table.Format.RightsFor(MemoryAccess.Read));

    private bool HasLinks(PageTableEditor editor)
        => Enumerable.Range(0, 512).Any(index => _memory.Read<ulong>(editor.Table.Root + ((ulong)index * 8)) != 0);
}
