using Xunit;

namespace Lodge.Memory.Tests;

public sealed class DeniedAccessCounterTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(0x1000, 0x1000),
        MemoryRegion.Anonymous(0x4000, 0x1000, RegionOptions.ReadOnly),
        MemoryRegion.Anonymous(ulong.MaxValue - 0xfff, 0x1000));

    private readonly DenialCounter _counter = new();

    public void Dispose()
    {
        _counter.Dispose();
        _memory.Dispose();
    }

    [Fact]
    public void TypedAccess_ThatIsDenied_IsCountedOnce()
    {
        _memory.TryRead<uint>(0x9000, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        _memory.TryWrite(0x4000, 1UL, out _);
        Assert.Equal(["Permission"], _counter.Take());
        _memory.TryRead<ulong>(0x1ffc, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        Assert.Throws<GuestMemoryException>(() => _memory.Read<byte>(0));
        Assert.Equal(["Unmapped"], _counter.Take());
    }

    [Fact]
    public void BulkAccess_ThatIsDenied_IsCountedOnce()
    {
        _memory.Read(0x1800, new byte[0x1000]);
        Assert.Equal(["Unmapped"], _counter.Take());
        _memory.TryReadExactly(0x1800, new byte[0x1000], out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        _memory.TryFill(0x4000, 16, 1, out _);
        Assert.Equal(["Permission"], _counter.Take());
        _memory.TryCopy(0x1000, 0x3ff0, 0x20, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        using var stream = new MemoryStream(new byte[64]);
        _memory.ReadFrom(0x1ff0, stream, 64);
        Assert.Equal(["Unmapped"], _counter.Take());
    }

    [Fact]
    public void AtomicAccess_ThatIsDenied_IsCountedOnce()
    {
        _memory.TryLoad<uint>(0x1002, out _, out _);
        Assert.Equal(["Unaligned"], _counter.Take());
        _memory.TryFetchAdd(0x4000, 1U, out _, out _);
        Assert.Equal(["Permission"], _counter.Take());
        _memory.TryStore(0x9000, 1U, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
    }

    [Fact]
    public void AccessPastTheTop_IsCountedOnce()
    {
        Assert.False(_memory.TryRead<ulong>(ulong.MaxValue - 3, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.Equal(["Overflow"], _counter.Take());
    }

    [Fact]
    public void AccessThroughAViewOrAnIommu_IsCountedOnceWhoeverDeniesIt()
    {
        SpaceView view = SpaceView.Of(_memory, new GuestRange(0x1000, 0x4000), MemoryAccess.Read);
        view.TryRead<uint>(0, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        view.TryWrite(0x1000, 1U, out _);
        Assert.Equal(["Permission"], _counter.Take());
        view.TryRead<uint>(0x2000, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        view.Revoke();
        view.TryRead<uint>(0x1000, out _, out _);
        Assert.Equal(["Revoked"], _counter.Take());

        var iommu = new IommuMemory(_memory, new Iotlb());
        iommu.TryRead<uint>(0, out _, out _);
        Assert.Equal(["NotPresent"], _counter.Take());
        Assert.True(iommu.Iotlb.TryMap(new IommuMapping(new GuestRange(0, 0x1000), 0x9000, MemoryAccess.Read)));
        iommu.TryRead<uint>(0, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
    }

    [Fact]
    public void AccessOnABus_IsCountedOnce()
    {
        var bus = new GuestBus(_memory);
        bus.Add(new GuestRange(0x2000, 0x10), new RecordingDevice());
        bus.TryRead<uint>(0x9000, out _, out _);
        Assert.Equal(["Unmapped"], _counter.Take());
        bus.TryRead<uint>(0x200e, out _, out _);
        Assert.Equal(["Straddles"], _counter.Take());
        bus.TryRead<uint>(0x2002, out _, out _);
        Assert.Equal(["Unaligned"], _counter.Take());
        bus.TryWrite(0x4000, 1U, out _);
        Assert.Equal(["Permission"], _counter.Take());
        bus.TryRead<ulong>(0x1ffc, out _, out _);
        Assert.Single(_counter.Take());
    }

    [Fact]
    public void AllowedAccesses_AreNotCounted()
    {
        _memory.Write(0x1000, 1UL);
        _memory.Read<ulong>(0x1ff8);
        _memory.Fill(0x1000, 0x1000, 1);
        _memory.Read(0x9000, []);
        Assert.Empty(_counter.Take());
    }

    [Fact]
    public void IsAccessible_IsNoDeniedAccess()
    {
        Assert.False(_memory.IsAccessible(new GuestRange(0x1800, 0x1000), MemoryAccess.Read));
        Assert.False(_memory.IsAccessible(new GuestRange(0x4000, 1), MemoryAccess.Write));
        Assert.True(_memory.IsAccessible(new GuestRange(0x9000, 0), MemoryAccess.Write));
        Assert.Empty(_counter.Take());
    }
}
