using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestBusSpaceTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Create(MemoryRegion.Anonymous(0x1000, 0x1000));
    private readonly RecordingDevice _device = new();

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void SliceOfADevice_IsADeviceFault()
    {
        GuestBus bus = WithDevice();
        Assert.False(bus.TryGetSlice(0x2010, 16, MemoryAccess.Read, out GuestSlice slice, out AccessFault fault));
        Assert.True(slice.IsEmpty);
        Assert.Equal(new AccessFault(FaultKind.Device, 0x2010, 16, MemoryAccess.Read), fault);
        Assert.False(bus.TryLoad(0x2010, out uint _, out fault));
        Assert.Equal(FaultKind.Device, fault.Kind);
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void BulkRead_EndsAtTheDevice()
    {
        GuestBus bus = WithDevice();
        Assert.Equal(0x10, bus.Read(0x1ff0, new byte[0x40], out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Device, 0x2000, 0x30, MemoryAccess.Read), fault);
        Assert.False(bus.TryWriteExactly(0x1ff0, [1, .. new byte[0x3f]], out fault));
        Assert.Equal(FaultKind.Device, fault.Kind);
        Assert.Equal(0, _memory.Read<byte>(0x1ff0));
    }

    [Fact]
    public void UnclaimedAddress_IsUnmappedAndNothingIsNowhere()
    {
        GuestBus bus = WithDevice();
        Assert.False(bus.TryGetSlice(0x9000, 1, MemoryAccess.Read, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.True(bus.TryGetSlice(0x2000, 0, MemoryAccess.Read, out _, out fault));
        Assert.Equal(default, fault);
    }

    [Theory]
    [InlineData(0x1000UL, 1UL)]
    [InlineData(0x1fffUL, 0x1000UL)]
    [InlineData(0xfffUL, 2UL)]
    [InlineData(0UL, ulong.MaxValue)]
    public void Add_OverMemory_IsRefused(ulong start, ulong length)
    {
        var bus = new GuestBus(_memory);
        Assert.Throws<ArgumentException>(() => bus.Add(new GuestRange(start, length), _device));
        Assert.False(bus.Devices.Overlaps(new GuestRange(0, ulong.MaxValue)));
    }

    [Fact]
    public void Add_OverADevice_IsRefused()
    {
        GuestBus bus = WithDevice();
        Assert.Throws<ArgumentException>(() => bus.Add(new GuestRange(0x20ff, 0x10), _device));
        bus.Add(new GuestRange(0x2100, 0x10), _device);
    }

    [Fact]
    public void Constructor_WithADeviceOverMemory_IsRefused()
    {
        var devices = new MmioBus();
        devices.Add(new GuestRange(0x1ff8, 0x10), _device);
        Assert.Throws<ArgumentException>(() => new GuestBus(_memory, devices));
        Assert.Throws<ArgumentNullException>(() => new GuestBus((LiveGuestMemory)null!));
    }

    [Fact]
    public void MemoryPluggedInAndOut_IsSeenAtOnce()
    {
        var live = new LiveGuestMemory(_memory);
        var bus = new GuestBus(live);
        using MemoryRegion more = MemoryRegion.Anonymous(0x8000, 0x1000);
        Assert.False(bus.TryRead(0x8000, out uint _, out _));
        live.Update(map => map.With(more));
        Assert.True(bus.TryWrite(0x8000, 7U, out _));
        live.Update(map => map.Without(more.Range));
        Assert.False(bus.TryRead(0x8000, out uint _, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
    }

    private GuestBus WithDevice()
    {
        var bus = new GuestBus(_memory);
        bus.Add(new GuestRange(0x2000, 0x100), _device);
        return bus;
    }
}
