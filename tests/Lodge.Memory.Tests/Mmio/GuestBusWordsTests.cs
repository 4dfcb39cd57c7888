using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestBusWordsTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(0x1000, 0x1000),
        MemoryRegion.Anonymous(0x4000, 0x1000, RegionOptions.ReadOnly));

    private readonly RecordingDevice _device = new();
    private readonly GuestBus _bus;

    public GuestBusWordsTests()
    {
        _bus = new GuestBus(_memory);
        _bus.Add(new GuestRange(0x2000, 0x100), _device, MmioAccessSizes.Byte | MmioAccessSizes.DoubleWord);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void LoadsAndStores_ReachMemoryInLittleEndianOrder()
    {
        Assert.Equal(FaultKind.None, _bus.StoreU64(0x1008, 0x1122_3344_5566_7788));
        Assert.Equal(FaultKind.None, _bus.StoreU8(0x1009, 0xaa));
        Assert.Equal(FaultKind.None, _bus.StoreU16(0x100a, 0xbbcc));
        Assert.Equal([0x88, 0xaa, 0xcc, 0xbb, 0x44, 0x33, 0x22, 0x11], PieceMemory.Read(_memory, 0x1008, 8));
        Assert.Equal(FaultKind.None, _bus.LoadU64(0x1008, out ulong eight));
        Assert.Equal(0x1122_3344_bbcc_aa88UL, eight);
        Assert.Equal(FaultKind.None, _bus.LoadU32(0x1008, out uint four));
        Assert.Equal(0xbbcc_aa88U, four);
        Assert.Equal(FaultKind.None, _bus.LoadU16(0x100e, out ushort two));
        Assert.Equal(0x1122, two);
        Assert.Equal(FaultKind.None, _bus.LoadU8(0x100b, out byte one));
        Assert.Equal(0xbb, one);
    }

    [Fact]
    public void LoadsAndStores_ReachADeviceInItsSizesOnly()
    {
        Assert.Equal(FaultKind.None, _bus.LoadU32(0x2004, out uint four));
        Assert.Equal(0x7654_3210U, four);
        Assert.Equal(FaultKind.None, _bus.StoreU8(0x2007, 0xff));
        Assert.Equal(FaultKind.Permission, _bus.LoadU64(0x2008, out ulong eight));
        Assert.Equal(0UL, eight);
        Assert.Equal(FaultKind.Permission, _bus.StoreU16(0x2008, 1));
        Assert.Equal([(false, 4UL, 4, 0UL), (true, 7UL, 1, 0xffUL)], _device.Calls);
    }

    [Theory]
    [InlineData(0x1002UL)]
    [InlineData(0x2002UL)]
    [InlineData(0x1ffeUL)]
    [InlineData(0x20feUL)]
    public void UnalignedAccess_IsRefusedForReadsAndWritesAlike(ulong address)
    {
        Assert.NotEqual(FaultKind.None, _bus.LoadU32(address, out uint value));
        Assert.Equal(0U, value);
        Assert.NotEqual(FaultKind.None, _bus.StoreU32(address, 1));
        Assert.Equal(_bus.LoadU32(address, out _), _bus.StoreU32(address, 1));
        Assert.Empty(_device.Calls);
        Assert.Equal(0UL, _memory.Read<ulong>(0x1000));
    }

    [Fact]
    public void WhatCannotBeAccessed_IsTheFaultToInject()
    {
        Assert.Equal(FaultKind.Unmapped, _bus.LoadU64(0x9000, out _));
        Assert.Equal(FaultKind.Unmapped, _bus.StoreU8(0, 1));
        Assert.Equal(FaultKind.Permission, _bus.StoreU32(0x4000, 1));
        Assert.Equal(FaultKind.None, _bus.LoadU32(0x4000, out _));
    }
}
