using Xunit;

namespace Lodge.Memory.Tests;

public sealed class MemoryArenaTests
{
    private static readonly ulong Page = PageSize.Host.Bytes;

    [Fact]
    public void Pieces_AreTakenFirstFitInWholePages()
    {
        var arena = new MemoryArena(8 * Page);
        MemoryRegion first = MemoryRegion.FromArena(0, arena, 1);
        MemoryRegion second = MemoryRegion.FromArena(0, arena, Page + 1);

        Assert.Equal(0ul, first.MappingOffset);
        Assert.Equal(Page, second.MappingOffset);
        Assert.Equal(5 * Page, arena.FreeBytes);
        Assert.Same(first.Mapping, second.Mapping);
        arena.Dispose();
    }

    [Fact]
    public void Remaining_IsWhatIsLeft()
    {
        var arena = new MemoryArena(8 * Page);
        MemoryRegion first = MemoryRegion.FromArena(0, arena, 3 * Page);
        MemoryRegion rest = MemoryRegion.FromArena(3 * Page, arena);

        Assert.Equal(5 * Page, rest.Size);
        Assert.Equal(0ul, arena.FreeBytes);
        Assert.Throws<HostMemoryException>(() => MemoryRegion.FromArena(0, arena));
        Assert.Throws<HostMemoryException>(() => MemoryRegion.FromArena(0, arena, 1));
        GC.KeepAlive(first);
        arena.Dispose();
    }

    [Fact]
    public void Remaining_AtAnOddStart_EndsWithTheArena()
    {
        var arena = new MemoryArena(4 * Page);
        MemoryRegion rest = MemoryRegion.FromArena(0x1003, arena);

        Assert.Equal((4 * Page) - 3, rest.Size);
        Assert.Equal(3ul, rest.MappingOffset);
        rest.GetHostSlice().Fill(1);
        arena.Dispose();
    }

    [Fact]
    public void PieceLargerThanTheArena_IsRefusedWithTheNumbers()
    {
        using var arena = new MemoryArena(4 * Page);

        HostMemoryException e = Assert.Throws<HostMemoryException>(() => MemoryRegion.FromArena(0, arena, 5 * Page));
        Assert.Contains($"{5 * Page} bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{4 * Page} are free", e.Message, StringComparison.Ordinal);
        Assert.Equal(4 * Page, arena.FreeBytes);
    }

    [Fact]
    public void DisposedArena_GivesNoPiecesAndEndsItsRegions()
    {
        var arena = new MemoryArena(4 * Page);
        MemoryRegion region = MemoryRegion.FromArena(0, arena, Page);

        arena.Dispose();

        Assert.True(region.IsDisposed);
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => MemoryRegion.FromArena(0, arena, Page));
        Assert.Throws<ObjectDisposedException>(() => MemoryRegion.FromArena(0, arena));
    }

    [Fact]
    public void DisposeOfOnePiece_LeavesItsNeighbours()
    {
        var arena = new MemoryArena(3 * Page);
        MemoryRegion[] regions = [.. Enumerable.Range(0, 3).Select(_ => MemoryRegion.FromArena(0, arena, Page))];
        foreach (MemoryRegion region in regions)
            region.GetHostSlice().Fill(0xa5);

        regions[1].Dispose();

        Assert.False(regions[0].GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0xa5));
        Assert.False(regions[2].GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0xa5));
        Assert.Equal(0ul, arena.FreeBytes);
        arena.Dispose();
    }

    [Fact]
    public void FromMapping_OverAnArenasMapping_NeverSeesTheNextOwnersData()
    {
        using var arena = new MemoryArena(Page);
        MemoryRegion foreign;
        try
        {
            foreign = Collector.InFrameOfItsOwn(() =>
            {
                MemoryRegion piece = MemoryRegion.FromArena(0, arena, Page);
                MemoryRegion alias = MemoryRegion.FromMapping(0, piece.Mapping, piece.MappingOffset, Page);
                piece.Dispose();
                return alias;
            });
        }
        catch (ArgumentException)
        {
            // To refuse is one way to keep the promise.
            return;
        }

        if (!Collector.CollectUntil(() => arena.FreeBytes == Page))
            return;

        MemoryRegion next = MemoryRegion.FromArena(0, arena, Page);
        next.GetHostSlice().Fill(0x99);
        Assert.Equal(0, foreign.GetHostSlice().Read<byte>(0));
    }
}
