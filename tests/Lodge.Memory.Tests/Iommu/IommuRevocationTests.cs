using Xunit;

namespace Lodge.Memory.Tests;

public sealed class IommuRevocationTests
{
    private const ulong Poison = ulong.MaxValue;
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void Slice_TakenBeforeAnInvalidation_StaysSafeToUse()
    {
        GuestMemory physical = GuestMemory.Anonymous(0x4000);
        IommuMemory memory = OnePage(physical, 0x1000);
        Assert.True(memory.TryGetSlice(0, 8, MemoryAccess.ReadWrite, out GuestSlice slice, out _));

        memory.Iotlb.InvalidateAll();
        slice.Write(0, 5UL);
        Assert.Equal(5UL, physical.Read<ulong>(0x1000));

        physical.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0UL, slice.Read<ulong>(0));
        Assert.False(memory.TryGetSlice(0, 8, MemoryAccess.Read, out _, out AccessFault fault));
        Assert.Equal(FaultKind.NotPresent, fault.Kind);
    }

    [Fact]
    public void WaitForReaders_WaitsForAScopeThatBeganBefore()
    {
        using GuestMemory physical = GuestMemory.Anonymous(0x4000);
        IommuMemory memory = OnePage(physical, 0x1000);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        ulong seen = 0;
        var reader = new Thread(() =>
        {
            using ReaderScope scope = memory.Enter();
            memory.TryGetSlice(0, 8, MemoryAccess.Read, out GuestSlice slice, out _);
            entered.Set();
            leave.Wait();
            seen = slice.Read<ulong>(0);
        })
        { IsBackground = true };
        physical.Write(0x1000, 1UL);
        reader.Start();
        Assert.True(entered.Wait(Long, TestContext.Current.CancellationToken));

        memory.Iotlb.InvalidateAll();
        Assert.False(memory.WaitForReaders(Short));
        leave.Set();
        Assert.True(memory.WaitForReaders(Long));
        physical.Write(0x1000, Poison);

        Assert.True(reader.Join(Long));
        Assert.Equal(1UL, seen);
    }

    [Fact]
    public void WaitForReaders_InAScopeOfItsOwn_IsMisuse()
    {
        IommuMemory memory = OnePage(GuestMemory.Empty, 0);
        using ReaderScope scope = memory.Enter();
        Assert.Throws<InvalidOperationException>(() => memory.WaitForReaders(Short));
    }

    [Fact]
    public void WaitForReaders_DoesNotWaitForScopesOfOtherSpacesOrLaterOnes()
    {
        IommuMemory memory = OnePage(GuestMemory.Empty, 0);
        IommuMemory other = OnePage(GuestMemory.Empty, 0);
        using ReaderScope scope = other.Enter();
        Assert.True(memory.WaitForReaders(Long));
    }

    [ProcessWideBarrierFact]
    public void PagesReusedAfterWaitForReaders_AreSeenByNobodyInAScope()
        => Assert.Equal(0, CountReadsOfReusedPages(isWaiting: true, rounds: 150));

    [Fact]
    public void PagesReusedWithoutWaiting_AreSeen()
        => Assert.NotEqual(0, CountReadsOfReusedPages(isWaiting: false, rounds: 150));

    // A reader takes a slice in a scope, lingers, and reads. The other side turns the mapping to the other page and puts poison
    // in the page it led to before.
    private static int CountReadsOfReusedPages(bool isWaiting, int rounds)
    {
        using GuestMemory physical = GuestMemory.Anonymous(0x4000);
        IommuMemory memory = OnePage(physical, 0x1000);
        int poisoned = 0;
        bool isOver = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                using ReaderScope scope = memory.Enter();
                if (memory.TryGetSlice(0, 8, MemoryAccess.Read, out GuestSlice slice, out _))
                {
                    Thread.Sleep(1);
                    if (slice.Read<ulong>(0) == Poison)
                        poisoned++;
                }
            }
        })
        { IsBackground = true };
        reader.Start();

        for (int round = 0; round < rounds; round++)
        {
            ulong old = (round & 1) == 0 ? 0x1000UL : 0x2000UL;
            ulong next = old ^ 0x3000;
            physical.Write(next, (ulong)round);
            memory.Iotlb.Invalidate(new GuestRange(0, 0x1000));
            memory.Iotlb.TryMap(new IommuMapping(new GuestRange(0, 0x1000), next, MemoryAccess.All));
            if (isWaiting)
                Assert.True(memory.WaitForReaders(Long));

            physical.Write(old, Poison);
            if (!isWaiting)
                Thread.Sleep(1);
        }

        Volatile.Write(ref isOver, true);
        Assert.True(reader.Join(Long));
        return poisoned;
    }

    private static IommuMemory OnePage(GuestMemory physical, ulong target)
    {
        var iotlb = new Iotlb();
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0, 0x1000), target, MemoryAccess.All)));
        return new IommuMemory(physical, iotlb);
    }
}
