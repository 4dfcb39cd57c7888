using System.Runtime.InteropServices;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class GuestBusTests : IDisposable
{
    private readonly GuestMemory _memory = GuestMemory.Create(
        MemoryRegion.Anonymous(0x1000, 0x1000),
        MemoryRegion.Anonymous(0x4000, 0x1000, RegionOptions.ReadOnly));

    private readonly RecordingDevice _device = new();
    private readonly GuestBus _bus;

    public GuestBusTests()
    {
        _bus = new GuestBus(_memory);

        // Touches the RAM below it and the ROM above it.
        _bus.Add(new GuestRange(0x2000, 0x2000), _device, allowUnaligned: true);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void ReadAndWrite_ReachMemoryAndDevicesAlike()
    {
        _bus.Write(0x1ff8, 5UL);
        Assert.Equal(5UL, _bus.Read<ulong>(0x1ff8));
        Assert.Equal(5UL, _memory.Read<ulong>(0x1ff8));

        _bus.Write(0x2004, 0x1122_3344U);
        Assert.Equal(0x3210, _bus.Read<short>(0x2008));
        Assert.Equal([(true, 4UL, 4, 0x1122_3344UL), (false, 8UL, 2, 0UL)], _device.Calls);
    }

    [Fact]
    public void Values_OfAnyTypeOfACellsSize_ReachADevice()
    {
        _bus.Write(0x2000, (sbyte)-1);
        _bus.Write(0x2000, -2.0f);
        _bus.Write(0x2000, -2.0);
        _bus.Write(0x2000, (BigEndian<ushort>)0x1234);

        Assert.Equal([0xffUL, 0xc000_0000UL, 0xc000_0000_0000_0000UL, 0x3412UL], _device.Calls.Select(static call => call.Value));
        Assert.Equal(BitConverter.UInt64BitsToDouble(0xfedc_ba98_7654_3210), _bus.Read<double>(0x2000));
    }

    [Fact]
    public void UnclaimedAddress_IsAFaultValue()
    {
        Assert.False(_bus.TryRead<uint>(0x8000, out uint value, out AccessFault fault));
        Assert.Equal(0U, value);
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0x8000, 4, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(0, 1UL, out fault));
        Assert.Equal(new AccessFault(FaultKind.Unmapped, 0, 8, MemoryAccess.Write), fault);
        Assert.Equal(FaultKind.Unmapped, Assert.Throws<GuestMemoryException>(() => _bus.Read<uint>(0x8000)).Fault.Kind);
        Assert.Equal(FaultKind.Unmapped, Assert.Throws<GuestMemoryException>(() => _bus.Write(0x8000, 1)).Fault.Kind);
    }

    [Theory]
    [InlineData(0x1ffcUL)]
    [InlineData(0x3ffcUL)]
    public void Access_FromMemoryIntoADeviceOrBack_StraddlesAndDoesNothing(ulong address)
    {
        Assert.False(_bus.TryRead(address, out ulong _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, address, 8, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(address, ulong.MaxValue, out fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, address, 8, MemoryAccess.Write), fault);
        Assert.Equal(0U, _memory.Read<uint>(0x1ffc));
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void WriteToRom_IsAPermissionFault()
    {
        Assert.False(_bus.TryWrite(0x4000, 1U, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Permission, 0x4000, 4, MemoryAccess.Write, MemoryAccess.ReadExecute), fault);
    }

    [Fact]
    public void ThreeByteStruct_IsReadFromMemoryAndNeverFromADevice()
    {
        _memory.WriteExactly(0x1ffd, [1, 2, 3]);
        Assert.Equal(new Three(1, 2, 3), _bus.Read<Three>(0x1ffd));

        Assert.False(_bus.TryRead<Three>(0x2000, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, 0x2000, 3, MemoryAccess.Read), fault);
        Assert.False(_bus.TryWrite(0x2000, new Three(1, 2, 3), out fault));
        Assert.Equal(new AccessFault(FaultKind.Straddles, 0x2000, 3, MemoryAccess.Write), fault);
        Assert.False(_bus.TryRead<Three>(0x1ffe, out _, out fault));
        Assert.Equal(FaultKind.Straddles, fault.Kind);
        Assert.False(_bus.TryRead<Three>(0x9000, out _, out fault));
        Assert.Equal(FaultKind.Unmapped, fault.Kind);
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void TypeThatIsNoPlainData_IsMisuseOnDevicesToo()
    {
        Assert.Throws<NotSupportedException>(() => _bus.TryRead<bool>(0x2000, out _, out _));
        Assert.Throws<NotSupportedException>(() => _bus.TryWrite(0x2000, 'x', out _));
        Assert.Empty(_device.Calls);
    }

    [Fact]
    public void Access_PastTheTop_IsAFaultOfMemoryAndOfDevices()
    {
        using GuestMemory top = GuestMemory.Create(MemoryRegion.Anonymous(ulong.MaxValue - 0xfff, 0x1000));
        var bus = new GuestBus(top);
        bus.Add(new GuestRange(0, 0x1000), _device);
        Assert.False(bus.TryRead(ulong.MaxValue - 3, out ulong _, out AccessFault fault));
        Assert.Equal(FaultKind.Overflow, fault.Kind);
        Assert.Empty(_device.Calls);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Three(byte A, byte B, byte C);
}
