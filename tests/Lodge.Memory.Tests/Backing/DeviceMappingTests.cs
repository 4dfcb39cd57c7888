using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class DeviceMappingTests
{
    [LinuxFact]
    public void MapDevice_ReadsAndWritesTheDevicesMemory()
    {
        // Pages of /dev/zero that are mapped shared are fresh shared memory.
        using SafeFileHandle device = Open("/dev/zero");
        using HostMapping mapping = HostMapping.MapDevice(device, 0, 2 * PageSize.Host.Bytes);
        Assert.Equal(2 * PageSize.Host.Bytes, mapping.Size);
        Assert.True(mapping.IsWritable);
        using MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, mapping.Size);
        GuestMemory memory = GuestMemory.Create(region);
        Assert.Equal(0u, memory.Read<ulong>(PageSize.Host.Bytes));
        memory.Write(PageSize.Host.Bytes, 5UL);
        Assert.Equal(5u, memory.Read<ulong>(PageSize.Host.Bytes));
    }

    [LinuxFact]
    public void MapDevice_DisposedOf_LeavesZerosAndNoMappingOfTheDevice()
    {
        using SafeFileHandle device = Open("/dev/zero");
        HostMapping mapping = HostMapping.MapDevice(device, 0, PageSize.Host.Bytes);
        MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, mapping.Size);
        GuestSlice slice = region.GetHostSlice();
        slice.Write(0, 7UL);
        Assert.Contains("zero", AddressSpaceMap.Read().PathAt(mapping.DangerousAddress), StringComparison.Ordinal);
        mapping.Dispose();
        Assert.Equal(0u, slice.Read<ulong>(0));
        Assert.Equal("", AddressSpaceMap.Read().PathAt(mapping.DangerousAddress));
        GC.KeepAlive(mapping);
    }

    [LinuxFact]
    public void MapDevice_DeviceThatCannotBeMapped_IsRefusedWithItsError()
    {
        const int ENODEV = 19;
        using SafeFileHandle device = Open("/dev/null");
        HostMemoryException refused = Assert.Throws<HostMemoryException>(
            () => HostMapping.MapDevice(device, 0, PageSize.Host.Bytes));
        Assert.Equal(ENODEV, refused.ErrorCode);
    }

    [LinuxFact]
    public void MapDevice_SizesThatAreNotPages_AreRefused()
    {
        ulong page = PageSize.Host.Bytes;
        using SafeFileHandle device = Open("/dev/zero");
        foreach ((ulong offset, ulong size) in new (ulong, ulong)[]
        {
            (0, 0), (0, page - 1), (1, page), (0, 1UL << 57), (ulong.MaxValue - page + 1, page), (long.MaxValue - page + 1, page),
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => HostMapping.MapDevice(device, offset, size));
        }
    }

    [Fact]
    public void MapDevice_ElsewhereThanOnLinux_IsNotSupported()
    {
        if (OperatingSystem.IsLinux())
            return;

        using var device = new SafeFileHandle(-1, ownsHandle: false);
        Assert.Throws<PlatformNotSupportedException>(() => HostMapping.MapDevice(device, 0, PageSize.Host.Bytes));
    }

    private static SafeFileHandle Open(string path)
        => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
}
