using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

[Collection(ProcessStateCollection.Name)]
public sealed class ArenaLifetimeTests
{
    private static readonly ulong Page = PageSize.Host.Bytes;

    [Fact]
    public void DisposedPiece_IsNotUsedAgainWhileItsRegionIsReachable()
    {
        using var arena = new MemoryArena(4 * Page);
        MemoryRegion region = MemoryRegion.FromArena(0, arena, 4 * Page);

        region.Dispose();
        Collector.Collect();

        Assert.Equal(0ul, arena.FreeBytes);
        Assert.Throws<HostMemoryException>(() => MemoryRegion.FromArena(0, arena, Page));
        GC.KeepAlive(region);
    }

    [Theory]
    [InlineData("map")]
    [InlineData("other rights")]
    [InlineData("buffer")]
    public void DisposedPiece_IsNotUsedAgainWhileSomethingOverItIsReachable(string what)
    {
        using var arena = new MemoryArena(4 * Page);
        StrongBox<object?> holder = Collector.InFrameOfItsOwn(() =>
        {
            MemoryRegion region = MemoryRegion.FromArena(0, arena, 4 * Page);
            object holds = what switch
            {
                "map" => GuestMemory.Create(region),
                "other rights" => region.WithPermissions(MemoryAccess.Read),
                _ => Lease(region),
            };
            region.Dispose();
            return new StrongBox<object?>(holds);
        });

        Collector.Collect();
        Assert.Equal(0ul, arena.FreeBytes);

        Collector.LetGo(holder);
        Assert.True(Collector.CollectUntil(() => arena.FreeBytes == arena.Size), "The piece did not come back.");
    }

    [Fact]
    public void Piece_ComesBackWithoutDisposal()
    {
        using var arena = new MemoryArena(4 * Page);
        Collector.InFrameOfItsOwn(() => MemoryRegion.FromArena(0, arena, 3 * Page).Size);

        Assert.True(Collector.CollectUntil(() => arena.FreeBytes == arena.Size), "The piece did not come back.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Piece_ThatAStragglerWroteAfterDisposal_ComesBackZeroed(bool dispose)
    {
        using var arena = new MemoryArena(2 * Page);
        Collector.InFrameOfItsOwn(() => WriteAsAStraggler(arena, dispose));
        Assert.True(Collector.CollectUntil(() => arena.FreeBytes == arena.Size), "The piece did not come back.");

        MemoryRegion next = MemoryRegion.FromArena(0, arena);

        Assert.Equal(2 * Page, next.Size);
        Assert.False(next.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void PiecesThatComeBackInAnyOrder_AreJoined()
    {
        const int Pieces = 16;
        using var arena = new MemoryArena(Pieces * Page);
        MemoryRegion?[] regions = new MemoryRegion?[Pieces];
        Fill(arena, regions);
        int seed = Environment.TickCount;
        int[] order = [.. Enumerable.Range(0, Pieces)];
        new Random(seed).Shuffle(order);

        for (int i = 0; i < Pieces; i++)
        {
            regions[order[i]] = null;
            ulong expected = (ulong)(i + 1) * Page;
            Assert.True(Collector.CollectUntil(() => arena.FreeBytes == expected), $"Seed {seed}: piece {order[i]} did not come back.");
        }

        Assert.Equal(Pieces * Page, MemoryRegion.FromArena(0, arena, Pieces * Page).Size);
    }

    [LinuxFact]
    public void ArenaDroppedWithItsRegions_IsUnmapped()
    {
        const ulong Vast = 64ul << 30;
        nint half = unchecked((nint)(Vast / 2));
        nint middle = Collector.InFrameOfItsOwn(() =>
        {
            MemoryRegion region = MemoryRegion.FromArena(0, new MemoryArena(Vast), Vast);
            return region.GetHostSlice().DangerousAddress + half;
        });

        Assert.True(Collector.CollectUntil(() => AddressSpaceMap.Read().RightsAt(middle) is null), "The range is still mapped.");
    }

    [Fact]
    public void Pieces_UsedAgainAndAgainUnderCollections_AreAlwaysZero()
    {
        const int Pieces = 32;
        using var arena = new MemoryArena(Pieces * Page);
        int rounds = 0;
        int taken = 0;
        while (taken < 20 * Pieces && rounds++ < 2000)
        {
            try
            {
                MemoryRegion region = MemoryRegion.FromArena(0, arena, Page);
                Assert.False(region.GetHostSlice().DangerousGetReadOnlySpan().ContainsAnyExcept((byte)0), $"Piece {taken} is not zero.");
                region.GetHostSlice().Fill(0xcc);
                if (taken % 2 == 0)
                    region.Dispose();

                taken++;
            }
            catch (HostMemoryException)
            {
                Collector.Collect();
            }
        }

        Assert.True(taken >= 20 * Pieces, $"Only {taken} pieces were given out.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong WriteAsAStraggler(MemoryArena arena, bool dispose)
    {
        MemoryRegion region = MemoryRegion.FromArena(0, arena, 2 * Page);
        GuestMemory memory = GuestMemory.Create(region);
        if (dispose)
            region.Dispose();

        memory.Fill(0, 2 * Page, 0xbb);
        return region.Size;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(MemoryArena arena, MemoryRegion?[] regions)
    {
        for (int i = 0; i < regions.Length; i++)
            regions[i] = MemoryRegion.FromArena(0, arena, Page);
    }

    private static GuestBuffer Lease(MemoryRegion region)
    {
        Assert.True(GuestBuffer.TryLease(GuestMemory.Create(region), 0, 1, MemoryAccess.Read, out GuestBuffer? buffer, out _));
        return buffer;
    }
}
