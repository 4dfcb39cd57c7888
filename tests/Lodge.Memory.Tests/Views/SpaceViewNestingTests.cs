using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SpaceViewNestingTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Anonymous(0x10000);

    public void Dispose() => _memory.Dispose();

    [Theory]
    [InlineData(0xfff8UL, 0x10UL)]
    [InlineData(0x10ff8UL, 0x10UL)]
    [InlineData(0x20000UL, 0x10UL)]
    [InlineData(0x1000UL, 0x1000UL)]
    [InlineData(0x10000UL, 0x1001UL)]
    [InlineData(0UL, ulong.MaxValue)]
    public void Child_ThatExceedsItsParent_IsRefused(ulong start, ulong length)
    {
        SpaceView parent = SpaceView.Of(_memory, new GuestRange(0x1000, 0x1000), MemoryAccess.All, 0x10000);
        Assert.Throws<ArgumentException>(() => SpaceView.Of(parent, new GuestRange(start, length), MemoryAccess.All));
    }

    [Fact]
    public void Child_HasNoMoreRightsThanItsParent()
    {
        SpaceView parent = SpaceView.Of(_memory, new GuestRange(0x1000, 0x1000), MemoryAccess.ReadExecute);
        SpaceView child = SpaceView.Of(parent, parent.Range, MemoryAccess.ReadWrite);
        SpaceView grandchild = SpaceView.Of(child, parent.Range, MemoryAccess.All);

        Assert.Equal(MemoryAccess.Read, child.Rights);
        Assert.Equal(MemoryAccess.Read, grandchild.Rights);
        Assert.False(grandchild.TryWrite(0x1000, 1U, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x1000, 4, MemoryAccess.Write, MemoryAccess.Read), fault);
        Assert.False(grandchild.TryGetSlice(0x1000, 4, MemoryAccess.Execute, out _, out _));
    }

    [Fact]
    public void RebasedViewsOfRebasedViews_AddUp()
    {
        SpaceView parent = SpaceView.Of(_memory, new GuestRange(0x1000, 0x4000), MemoryAccess.All, 0x100000);
        SpaceView child = SpaceView.Of(parent, new GuestRange(0x101008, 0x1000), MemoryAccess.All, 0);
        SpaceView grandchild = SpaceView.Of(child, new GuestRange(0x10, 0x100), MemoryAccess.All, ulong.MaxValue - 0xff);

        grandchild.Write(ulong.MaxValue - 0xff, 0x55UL);

        Assert.Equal(0x55UL, _memory.Read<ulong>(0x2018));
        Assert.Equal(0x55UL, child.Read<ulong>(0x10));
        Assert.Equal(0x55UL, parent.Read<ulong>(0x101018));
        Assert.False(grandchild.TryRead<byte>(0, out _, out _));
        Assert.False(child.TryRead<byte>(0x1000, out _, out _));
    }

    [Fact]
    public void RandomViewsOfViews_ReachWhatANaiveModelReaches()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (ulong i = 0; i < 0x10000; i += 8)
            _memory.Write(i, i);

        for (int round = 0; round < 500; round++)
        {
            // The model: where the view's first byte is in memory, and what it may do.
            ulong start = (ulong)random.Next(0x2000) * 8;
            ulong length = (ulong)random.Next(1, (int)(0x10000 - start) + 1);
            var rights = (MemoryAccess)random.Next(8);
            ulong origin = start;
            SpaceView view = SpaceView.Of(_memory, new GuestRange(start, length), rights);
            for (int depth = random.Next(4); depth > 0; depth--)
            {
                ulong offset = (ulong)random.NextInt64((long)length) & ~7UL;
                length = (ulong)random.NextInt64(1, (long)(length - offset) + 1);
                var childRights = (MemoryAccess)random.Next(8);
                ulong newStart = (ulong)random.NextInt64(1L << 40) * 8;
                view = SpaceView.Of(view, new GuestRange(view.Range.Start + offset, length), childRights, newStart);
                origin += offset;
                rights &= childRights;
            }

            Assert.Equal(length, view.Range.Length);
            for (int access = 0; access < 20; access++)
            {
                ulong offset = (ulong)random.NextInt64(-16, (long)length + 16) & ~7UL;
                ulong address = unchecked(view.Range.Start.Value + offset);
                bool isThere = offset < length && 8 <= length - offset && (rights & MemoryAccess.Read) != 0;
                bool isRead = view.TryRead(address, out ulong value, out AccessFault fault);
                if (isRead != isThere || (isRead && value != origin + offset))
                    Assert.Fail($"seed {seed}, round {round}: {view}, 0x{address:x} gave {isRead} 0x{value:x}, {fault}");
            }
        }
    }

    [Fact]
    public void ViewsOfEveryKindOfSpace_WorkAlike()
    {
        var iotlb = new Iotlb();
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0x8000, 0x1000), 0x2000, MemoryAccess.ReadWrite)));
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0x9000, 0x1000), 0x40_0000, MemoryAccess.ReadWrite)));
        var bus = new GuestBus(_memory);
        bus.Add(new GuestRange(0x10000, 0x100), new RecordingDevice());
        (IAddressSpace Space, ulong Start, FaultKind Behind)[] spaces =
        [
            (new LiveGuestMemory(_memory), 0xf000, FaultKind.Unmapped),
            (bus, 0xf000, FaultKind.Device),
            (new IommuMemory(_memory, iotlb), 0x8000, FaultKind.Unmapped),
        ];
        foreach ((IAddressSpace space, ulong start, FaultKind behind) in spaces)
        {
            SpaceView view = SpaceView.Of(space, new GuestRange(start, 0x1800), MemoryAccess.ReadWrite, 0x100);
            view.Write(0x108, start);
            Assert.Equal(start, space.Read<ulong>(start + 8));
            Assert.False(view.TryRead(0x1100, out uint _, out AccessFault fault));
            Assert.Equal(new AccessFault(behind, 0x1100, 4, MemoryAccess.Read), fault);
            Assert.False(view.TryRead(0x1900, out uint _, out fault));
            Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x1900, 4, MemoryAccess.Read), fault);
        }
    }

    [Fact]
    public void ViewOfLiveMemory_SeesTheMapOfTheMoment()
    {
        var live = new LiveGuestMemory(_memory);
        SpaceView view = SpaceView.Of(live, new GuestRange(0x20000, 0x1000), MemoryAccess.All, 0);
        Assert.False(view.TryRead<uint>(0, out _, out _));
        using MemoryRegion more = MemoryRegion.Anonymous(0x20000, 0x1000);
        live.Update(map => map.With(more));
        Assert.True(view.TryWrite(0, 1U, out _));
    }

    [Fact]
    public void ForgottenChildren_DoNotPileUpInTheirParent()
    {
        SpaceView parent = SpaceView.Of(_memory, new GuestRange(0, 0x10000), MemoryAccess.All);
        WeakReference[] children = MakeChildren(parent, 1000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(children, static child => child.IsAlive);

        // The next child sweeps out the places of those that are gone.
        SpaceView kept = SpaceView.Of(parent, new GuestRange(0, 8), MemoryAccess.All);
        var list = (List<WeakReference<SpaceView>>)typeof(SpaceView)
            .GetField("_children", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .GetValue(parent)!;
        Assert.Single(list);
        parent.Revoke();
        Assert.True(kept.IsRevoked);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] MakeChildren(SpaceView parent, int count)
    {
        var children = new WeakReference[count];
        for (int i = 0; i < count; i++)
            children[i] = new WeakReference(SpaceView.Of(parent, new GuestRange(0, 0x1000), MemoryAccess.Read));

        return children;
    }
}
