using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Disposal gives memory back at once; addresses go when nothing can reach them any more.</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class DisposalTests
{
    private const long Large = 64 << 20;

    // So large that nothing else of the process comes to lie in the middle of it afterwards.
    private const ulong Vast = 64ul << 30;

    private static readonly nint Half = unchecked((nint)(Vast / 2));

    [LinuxFact]
    public void Dispose_OfPrivateMemory_GivesItBackAtOnce()
    {
        MemoryRegion region = MemoryRegion.Anonymous(0, (ulong)Large);
        region.GetHostSlice().Fill(1);
        long before = ProcessCounters.ResidentAnonymousBytes;

        region.Dispose();

        Assert.InRange(before - ProcessCounters.ResidentAnonymousBytes, Large * 3 / 4, long.MaxValue);
        GC.KeepAlive(region);
    }

    [LinuxFact]
    public void Dispose_OfAnArenasPiece_GivesItBackAtOnce()
    {
        using var arena = new MemoryArena(2 * (ulong)Large);
        MemoryRegion region = MemoryRegion.FromArena(0, arena, (ulong)Large);
        region.GetHostSlice().Fill(1);
        long before = ProcessCounters.ResidentAnonymousBytes;

        region.Dispose();

        Assert.InRange(before - ProcessCounters.ResidentAnonymousBytes, Large * 3 / 4, long.MaxValue);
        GC.KeepAlive(region);
    }

    [LinuxFact]
    public void Dispose_OfSharedMemory_GivesItBackAtOnce()
    {
        MemoryRegion region = MemoryRegion.Shared(0, (ulong)Large);
        region.GetHostSlice().Fill(1);
        long before = ProcessCounters.SharedMemoryBytes;

        region.Dispose();

        Assert.InRange(before - ProcessCounters.SharedMemoryBytes, Large / 2, long.MaxValue);
        GC.KeepAlive(region);
    }

    [LinuxFact]
    public void Dispose_OfSharedMemoryThatItsFileStillHolds_GivesItBackWithTheFile()
    {
        SharedMemoryFile file = SharedMemoryFile.Create((ulong)Large);
        MemoryRegion region = MemoryRegion.Shared(0, file, 0, (ulong)Large);
        region.GetHostSlice().Fill(1);
        long before = ProcessCounters.SharedMemoryBytes;

        region.Dispose();
        long between = ProcessCounters.SharedMemoryBytes;
        file.Dispose();

        Assert.InRange(before - between, long.MinValue, Large / 4);
        Assert.InRange(between - ProcessCounters.SharedMemoryBytes, Large / 2, long.MaxValue);
        GC.KeepAlive(region);
    }

    [LinuxFact]
    public void Dispose_OfSharedMemory_ClosesItsDescriptor()
    {
        int before = ProcessCounters.Descriptors;
        using MemoryRegion region = MemoryRegion.Shared(0, 0x1000);

        Assert.Equal(before, ProcessCounters.Descriptors);
    }

    [LinuxTheory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("CopyOnWrite")]
    [InlineData("FromArena")]
    public void DisposedRange_StaysWhileAMapHoldsIt_AndIsUnmappedAfterwards(string kind)
    {
        (WeakReference<GuestMemory> weak, nint middle) = Collector.InFrameOfItsOwn(() => UseHeldMap(kind));

        Assert.True(Collector.CollectUntil(() => AddressSpaceMap.Read().RightsAt(middle) is null), "The range is still mapped.");
        Assert.False(weak.TryGetTarget(out _));
    }

    [LinuxFact]
    public void RangeThatWasNeverDisposed_IsUnmappedWhenUnreachable()
    {
        nint middle = Collector.InFrameOfItsOwn(() => HostMapping.Anonymous(Vast).DangerousAddress + Half);

        Assert.True(Collector.CollectUntil(() => AddressSpaceMap.Read().RightsAt(middle) is null), "The range is still mapped.");
    }

    [LinuxFact]
    public void GuestBuffersMemory_KeepsTheRangeAfterEverythingElseIsGone()
    {
        (Memory<byte> memory, nint address) = Collector.InFrameOfItsOwn(LeaseAndDispose);
        Collector.Collect();

        Assert.Equal("rw-p", AddressSpaceMap.Read().RightsAt(address));
        Assert.Equal(0, memory.Span[0]);
        GC.KeepAlive(memory);
    }

    [LinuxFact]
    public void HandleReference_KeepsTheRangeInWhateverOrderFinalizersRun()
    {
        const int Holders = 40;
        RangeHolder.Seen.Clear();
        Collector.InFrameOfItsOwn(() =>
        {
            for (int i = 0; i < Holders; i++)
                new RangeHolder(HostMapping.Anonymous(0x1000)).Forget();

            return 0;
        });

        Assert.True(Collector.CollectUntil(() => RangeHolder.Seen.Count == Holders));
        Assert.All(RangeHolder.Seen, rights => Assert.Equal("rw-p", rights));
    }

    [LinuxFact]
    public void HandleReference_GivenBack_LetsTheRangeGo()
    {
        (StrongBox<SafeHandle?> handle, nint middle) = Collector.InFrameOfItsOwn(() =>
        {
            HostMapping mapping = HostMapping.Anonymous(Vast);
            bool added = false;
            mapping.SafeHandle.DangerousAddRef(ref added);
            return (new StrongBox<SafeHandle?>(mapping.SafeHandle), mapping.DangerousAddress + Half);
        });
        Collector.Collect();
        Assert.Equal("rw-p", AddressSpaceMap.Read().RightsAt(middle));

        Collector.LetGo(handle, last => last.DangerousRelease());

        Assert.True(Collector.CollectUntil(() => AddressSpaceMap.Read().RightsAt(middle) is null), "The range is still mapped.");
    }

    [LinuxFact]
    public void HandleDisposedByMistake_LeavesTheRangeToWhoStillHoldsTheMapping()
    {
        HostMapping mapping = HostMapping.Anonymous(Vast);
        nint middle = mapping.DangerousAddress + Half;

        mapping.SafeHandle.Dispose();

        Assert.Equal("rw-p", AddressSpaceMap.Read().RightsAt(middle));
        GC.KeepAlive(mapping);
    }

    [LinuxTheory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    [InlineData("SharedFile")]
    [InlineData("FromArena")]
    public void Stragglers_AfterManyNewMappings_StillReadZeros(string kind)
    {
        const ulong Size = 0x4000;
        List<GuestMemory> stragglers = [];
        List<MemoryRegion> others = [];
        for (int i = 0; i < 200; i++)
        {
            MemoryRegion region = RegionKinds.Make(kind, 0, Size);
            stragglers.Add(GuestMemory.Create(region));
            region.GetHostSlice().Fill(0xa5);
            region.Dispose();

            MemoryRegion other = MemoryRegion.Anonymous(0, Size);
            other.GetHostSlice().Fill(0xee);
            others.Add(other);
            if (i % 50 == 0)
                Collector.Collect();
        }

        var bytes = new byte[Size];
        foreach (GuestMemory straggler in stragglers)
        {
            straggler.ReadExactly(0, bytes);
            Assert.False(bytes.AsSpan().ContainsAnyExcept((byte)0));
        }

        others.ForEach(other => other.Dispose());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference<GuestMemory> Weak, nint Middle) UseHeldMap(string kind)
    {
        MemoryRegion region = Make(kind);
        GuestMemory memory = GuestMemory.Create(region);
        nint middle = region.GetHostSlice().DangerousAddress + (nint)(region.Size / 2);
        memory.Write<byte>(region.Size / 2, 1);

        region.Dispose();
        Collector.Collect();

        Assert.Equal("rw-p", AddressSpaceMap.Read().RightsAt(middle));
        Assert.Equal(0, memory.Read<byte>(region.Size / 2));
        return (new WeakReference<GuestMemory>(memory), middle);
    }

    private static MemoryRegion Make(string kind)
    {
        if (kind != "CopyOnWrite")
            return RegionKinds.Make(kind, 0, Vast);

        using SharedMemoryFile file = SharedMemoryFile.Create(Vast);
        return MemoryRegion.CopyOnWrite(0, file, 0, Vast);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Memory<byte> Memory, nint Address) LeaseAndDispose()
    {
        GuestMemory memory = GuestMemory.Anonymous(0x1000);
        Assert.True(GuestBuffer.TryLease(memory, 0, 0x1000, MemoryAccess.ReadWrite, out GuestBuffer? buffer, out _));
        nint address = memory.Regions[0].GetHostSlice().DangerousAddress;
        buffer.Memory.Span[0] = 1;
        buffer.Dispose();
        memory.Dispose();
        return (buffer.Memory, address);
    }
}
