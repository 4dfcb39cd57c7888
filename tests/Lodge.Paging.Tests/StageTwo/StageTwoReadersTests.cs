using Xunit;

namespace Lodge.Paging.Tests;

/// <summary>Memory that somebody may be using is not given to somebody else.</summary>
public sealed class StageTwoReadersTests : IDisposable
{
    private const ulong Size = 4 << 20;

    // Long enough for what has to happen; what must not is given this long to happen after all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly GuestMemory _host = GuestMemory.Anonymous(Size);
    private readonly WatchfulAllocator _frames = new(0, Size);

    [Fact]
    public void Unmap_WaitsForScopesOfOthers_WhoMayBringPagesMeanwhile()
    {
        using var space = new StageTwoSpace(_host, PageTableFormat.EptFourLevels, _frames);
        space.MapAllocated(new GuestRange(0x10_0000, 0x4000), MemoryAccess.ReadWrite);
        space.Write(0x10_0000, 1UL);
        space.Write(0x10_1000, 1UL);
        var unmap = new Thread(() => space.Unmap(new GuestRange(0x10_0000, 0x1000))) { IsBackground = true };
        int inUse;
        using (space.Enter())
        {
            inUse = _frames.InUse;
            unmap.Start();
            Assert.True(SpinWait.SpinUntil(() => !space.TryFindArea(0x10_0000, out _), Patience));

            // Unmapped, and held back. A page that this thread needs comes all the same.
            Assert.False(unmap.Join(Moment));
            Assert.Equal(inUse, _frames.InUse);
            space.Write(0x10_2000, 2UL);
            Assert.Equal(inUse + 1, _frames.InUse);
            Assert.False(space.TryRead(0x10_0000, out ulong _, out _));
        }

        Assert.True(unmap.Join(Patience));
        Assert.Equal(inUse, _frames.InUse);
        Assert.Equal(2UL, space.Read<ulong>(0x10_2000));
    }

    [Fact]
    public void ChangesInAScopeOfOnesOwn_AreRefusedAndChangeNothing()
    {
        using var space = new StageTwoSpace(_host, PageTableFormat.EptFourLevels, _frames);
        space.MapAllocated(new GuestRange(0x10_0000, 0x4000), MemoryAccess.ReadWrite, isLazy: false);
        space.Write(0x10_0000, 1UL);
        IReadOnlyList<SpaceArea> before = space.Areas;
        int inUse = _frames.InUse;
        using (space.Enter())
        {
            Assert.Throws<InvalidOperationException>(() => space.Unmap(new GuestRange(0x10_0000, 0x1000)));
            Assert.Throws<InvalidOperationException>(() => space.Protect(new GuestRange(0x10_0000, 0x1000), MemoryAccess.Read));
            Assert.Throws<InvalidOperationException>(space.Dispose);
            Assert.Equal(before, space.Areas);
            Assert.Equal(inUse, _frames.InUse);
            space.Write(0x10_0000, 2UL);
        }

        space.Unmap(new GuestRange(0x10_0000, 0x4000));
        Assert.Empty(space.Areas);
    }

    // Frames go round: what a reader sees in a scope is never what somebody else put there after it was given back.
    [Fact]
    public void FramesThatGoRound_AreNeverSeenByFormerReaders()
    {
        using var space = new StageTwoSpace(_host, PageTableFormat.EptFourLevels, _frames);
        var page = new GuestRange(0x10_0000, 0x1000);
        using (var crew = new Crew())
        {
            crew.Start(() =>
            {
                using (space.Enter())
                {
                    if (!space.TryGetSlice(page.Start, 8, MemoryAccess.Read, out GuestSlice slice, out _))
                        return;

                    for (int i = 0; i < 50; i++)
                    {
                        ulong value = slice.Read<ulong>(0);
                        if (value > 1)
                            throw new InvalidOperationException($"0x{value:x} is what another has written.");
                    }
                }
            });
            for (int i = 0; i < 1500 && crew.IsRunning; i++)
            {
                space.MapAllocated(page, MemoryAccess.ReadWrite);
                space.Write(page.Start, 1UL);
                space.Unmap(page);

                // Whoever gets a frame now may write what he likes.
                if (_frames.TryAllocate(4096, out GuestAddress frame))
                {
                    _host.Fill(frame, 4096, 0xee);
                    _frames.Free(frame, 4096);
                }
            }
        }

        Assert.Equal("", _frames.Problems);
    }

    [Fact]
    public void Dispose_GivesAllBack_AndAccessesFault()
    {
        var space = new StageTwoSpace(_host, PageTableFormat.Sv39x4, _frames);
        space.MapAllocated(new GuestRange(0x10_0000, 0x4000), MemoryAccess.ReadWrite);
        space.MapAllocated(new GuestRange(0x20_0000, 0x20_0000), MemoryAccess.ReadWrite, isLazy: false);
        space.MapLinear(new GuestRange(0x4000_0000, 0x1000), 0, MemoryAccess.Read);
        space.Write(0x10_0000, 1UL);
        space.Dispose();
        space.Dispose();
        Assert.Equal((0, ""), (_frames.InUse, _frames.Problems));
        Assert.False(space.TryRead(0x10_0000, out ulong _, out _));
        Assert.False(space.Owner.TryRead(0x20_0000, out ulong _, out _));
        Assert.Throws<ObjectDisposedException>(() => space.MapLinear(new GuestRange(0, 0x1000), 0, MemoryAccess.Read));
        Assert.Throws<ObjectDisposedException>(() => space.Unmap(new GuestRange(0, 0x1000)));
    }

    public void Dispose() => _host.Dispose();
}
