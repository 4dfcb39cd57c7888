using Xunit;

namespace Lodge.Memory.Tests;

public sealed class MmioBusTests
{
    private readonly MmioBus _bus = new();
    private readonly RecordingDevice _device = new();

    [Theory]
    [InlineData(1, 0x10UL)]
    [InlineData(2, 0x3210UL)]
    [InlineData(4, 0x7654_3210UL)]
    [InlineData(8, 0xfedc_ba98_7654_3210UL)]
    public void Read_GivesTheDevicesAnswerCutToTheSize(int size, ulong expected)
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        Assert.True(_bus.TryRead(0x1040, size, out ulong value, out AccessFault fault));
        Assert.Equal(expected, value);
        Assert.Equal(default, fault);
        Assert.Equal([(false, 0x40UL, size, 0UL)], _device.Calls);
    }

    [Theory]
    [InlineData(1, 0x88UL)]
    [InlineData(2, 0x7788UL)]
    [InlineData(4, 0x5566_7788UL)]
    [InlineData(8, 0x1122_3344_5566_7788UL)]
    public void Write_GivesTheDeviceTheValueCutToTheSize(int size, ulong expected)
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        Assert.True(_bus.TryWrite(0x10f8, size, 0x1122_3344_5566_7788, out _));
        Assert.Equal([(true, 0xf8UL, size, expected)], _device.Calls);
    }

    [Theory]
    [InlineData(0x0fffUL)]
    [InlineData(0x1100UL)]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    public void UnclaimedAddress_IsAFaultValueAndNoPanic(ulong address)
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device);
        Assert.False(_bus.TryRead(address, 1, out ulong value, out AccessFault fault));
        Assert.Equal(0UL, value);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, address, 1, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(address, 8, 1, out fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, address, 8, MemoryAccess.Write), fault);
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void EmptyBus_FaultsEverywhere()
    {
        Assert.False(_bus.TryRead(0, 4, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.False(_bus.Contains(0));
        Assert.False(_bus.Overlaps(new GuestRange(0, ulong.MaxValue)));
    }

    [Theory]
    [InlineData(0x10feUL, 4)]
    [InlineData(0x10ffUL, 2)]
    [InlineData(0x10f9UL, 8)]
    public void Access_OverTheDevicesEnd_StraddlesAndDoesNotReachIt(ulong address, int size)
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device, allowUnaligned: true);
        _bus.Add(new GuestRange(0x1100, 0x100), _device, allowUnaligned: true);
        Assert.False(_bus.TryRead(address, size, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, address, (ulong)size, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(address, size, 1, out fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, address, (ulong)size, MemoryAccess.Write), fault);
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void AccessLargerThanTheDevice_StraddlesAndDoesNotUnderflow()
    {
        _bus.Add(new GuestRange(0x1000, 3), _device, allowUnaligned: true);
        foreach (int size in (int[])[4, 8])
        {
            Assert.False(_bus.TryRead(0x1000, size, out _, out AccessFault fault));
            Assert.Equal(FaultKind.Straddles, fault.Kind);
        }

        Assert.True(_bus.TryRead(0x1001, 2, out _, out _));
        Assert.True(_bus.TryRead(0x1002, 1, out _, out _));
    }

    [Fact]
    public void Device_MayEndAt2To64()
    {
        _bus.Add(new GuestRange(ulong.MaxValue - 0xf, 0x10), _device, allowUnaligned: true);
        Assert.True(_bus.TryWrite(ulong.MaxValue - 7, 8, 9, out _));
        Assert.True(_bus.TryWrite(ulong.MaxValue, 1, 9, out _));
        Assert.Equal([(true, 8UL, 8, 9UL), (true, 15UL, 1, 9UL)], _device.Calls);

        Assert.False(_bus.TryRead(ulong.MaxValue - 6, 8, out _, out AccessFault fault));
        Assert.Equal(FaultKind.Straddles, fault.Kind);
        Assert.True(_bus.Contains(ulong.MaxValue));
        Assert.False(_bus.Contains(0));
    }

    [Fact]
    public void AccessSize_ThatTheDeviceDoesNotTake_IsAPermissionFault()
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device, MmioAccessSizes.DoubleWord | MmioAccessSizes.Byte);
        Assert.True(_bus.TryRead(0x1000, 4, out _, out _));
        Assert.True(_bus.TryRead(0x1000, 1, out _, out _));
        foreach (int size in (int[])[2, 8])
        {
            Assert.False(_bus.TryRead(0x1000, size, out _, out AccessFault fault));
            Assert.Equal(new AccessFault(FaultKind.Permission, 0x1000, (ulong)size, MemoryAccess.Read), fault);
        }

        Assert.Equal(2, _device.Calls.Count);
    }

    [Fact]
    public void Alignment_CountsFromTheDevicesStart()
    {
        _bus.Add(new GuestRange(0x1002, 0x100), _device);
        Assert.True(_bus.TryRead(0x1006, 4, out _, out _));
        Assert.False(_bus.TryRead(0x1004, 4, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Unaligned, 0x1004, 4, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(0x1003, 2, 0, out fault));
        Assert.Equal(FaultKind.Unaligned, fault.Kind);
    }

    [Fact]
    public void UnalignedAccess_ReachesADeviceThatTakesThem()
    {
        _bus.Add(new GuestRange(0x1000, 0x100), _device, allowUnaligned: true);
        Assert.True(_bus.TryRead(0x1003, 8, out _, out _));
        Assert.Equal([(false, 3UL, 8, 0UL)], _device.Calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(int.MinValue)]
    public void AccessSize_ThatNoProcessorHas_IsMisuse(int size)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _bus.TryRead(0, size, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => _bus.TryWrite(0, size, 0, out _));
    }

    [Fact]
    public void DeviceThatThrows_ReachesTheCallerAndTheBusGoesOn()
    {
        _bus.Add(new GuestRange(0, 8), new ThrowingDevice());
        _bus.Add(new GuestRange(8, 8), _device);
        Assert.Throws<TimeoutException>(() => _bus.TryRead(0, 4, out _, out _));
        Assert.Throws<TimeoutException>(() => _bus.TryWrite(0, 4, 0, out _));
        Assert.True(_bus.TryRead(8, 4, out _, out _));
    }

    private sealed class ThrowingDevice : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => throw new TimeoutException();

        public void Write(ulong offset, int size, ulong value) => throw new TimeoutException();
    }
}
