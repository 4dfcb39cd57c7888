using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>A processor keeps what it found in tables too: memory is given back only after TLBs were told.</summary>
public sealed class FlushOrderTests : IDisposable
{
    private const ulong Size = 4 << 20;

    private readonly GuestMemory _memory = GuestMemory.Anonymous(Size);

    // What was linked into the tables a processor may have walked, whether or not a page was ever mapped below it.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MapNew_ThatFails_FlushesBeforeLinkedTablesAreGivenBack(int allocations)
    {
        var events = new List<string>();
        var tlb = new FlushRecorder { Flushed = range => events.Add("flush") };
        var frames = new WatchfulAllocator(0, Size);
        var editor = new PageTableEditor(
            _memory, PageTableFormat.X64FourLevels, frames, new PageTableEditorOptions { Tlbs = [tlb] });
        frames.Happened = (what, frame, size) => events.Add(what);
        frames.Remaining = allocations;

        Assert.False(editor.TryMapNew(
            new GuestRange(0x40_0000, 0x1000), frames, new PageAttributes(editor.Table.Format.RightsFor(MemoryAccess.Read)), out _));
        Assert.Equal(allocations, events.Count(what => what == "free"));
        Assert.True(
            events.IndexOf("flush") >= 0 && events.IndexOf("flush") < events.IndexOf("free"), string.Join(", ", events));
    }

    public void Dispose() => _memory.Dispose();
}
