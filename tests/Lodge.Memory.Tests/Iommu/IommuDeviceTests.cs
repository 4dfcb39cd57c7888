using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>A device that was written once, for <see cref="IAddressSpace"/>.</summary>
public sealed class IommuDeviceTests
{
    private const ulong Ring = 0x1000;
    private const ulong Buffers = 0x4000;
    private const int Count = 24;

    [Fact]
    public void Device_RunsTheSameOverPlainMemoryAndBehindAnIommu()
    {
        using GuestMemory plain = GuestMemory.Anonymous(0x10000);
        using GuestMemory scattered = GuestMemory.Anonymous(0x20000);
        var iotlb = new Iotlb();

        // Pages in reverse order, so that nothing that is one piece for the device is one in memory.
        for (ulong page = 0; page < 16; page++)
            Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(page << 12, 0x1000), (31 - page) << 12, MemoryAccess.ReadWrite)));

        var translated = new IommuMemory(scattered, iotlb);
        Drive(plain);
        Drive(translated);

        Assert.Equal(RunDevice(plain), RunDevice(translated));
        var expected = new byte[0xf000];
        var actual = new byte[0xf000];
        plain.ReadExactly(0x1000, expected);
        translated.ReadExactly(0x1000, actual);
        Assert.Equal(expected, actual);
        Assert.NotEqual(0, expected[0x3001]);
    }

    [Fact]
    public void WritesThroughTheIommu_MarkThePhysicalPages()
    {
        var dirty = new DirtyBitmap(0x10000);
        using GuestMemory physical = GuestMemory.Create(
            MemoryRegion.Anonymous(0x100000, 0x10000, new RegionOptions { Dirty = dirty }));
        var iotlb = new Iotlb();
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0x1000, 0x1000), 0x103000, MemoryAccess.ReadWrite)));
        Assert.True(iotlb.TryMap(new IommuMapping(new GuestRange(0x2000, 0x1000), 0x10f000, MemoryAccess.ReadWrite)));
        var memory = new IommuMemory(physical, iotlb);
        var pages = new DirtyPages();

        memory.Read<ulong>(0x1000);
        physical.HarvestDirty(pages);
        Assert.True(pages.IsEmpty);

        memory.Write(0x1ffc, ulong.MaxValue);
        physical.HarvestDirty(pages);
        Assert.Equal([new GuestRange(0x103000, 0x1000), new GuestRange(0x10f000, 0x1000)], pages.ToArray());

        memory.FetchAdd(0x2008, 1UL);
        physical.HarvestDirty(pages);
        Assert.Equal([new GuestRange(0x10f000, 0x1000)], pages.ToArray());

        Assert.False(memory.TryFill(0x1000, 0x3000, 1, out _));
        physical.HarvestDirty(pages);
        Assert.True(pages.IsEmpty);
    }

    private static void Drive(IAddressSpace memory)
    {
        for (uint i = 0; i < Count; i++)
        {
            memory.Write(Ring + (i * 16), Buffers + (i * 0x620));
            memory.Write(Ring + (i * 16) + 8, 0x400UL + i);
        }
    }

    // Takes descriptors of an address and a length, fills each buffer, and says how many bytes it wrote.
    private static ulong RunDevice(IAddressSpace memory)
    {
        ulong written = 0;
        for (uint i = 0; i < Count; i++)
        {
            ulong address = memory.Read<LittleEndian<ulong>>(Ring + (i * 16)).Value;
            ulong length = memory.Read<LittleEndian<ulong>>(Ring + (i * 16) + 8).Value;
            memory.Fill(address, length, (byte)(i + 1));
            memory.Write(address + 3, (ulong)i);
            written += length;
        }

        memory.Store(Ring - 8 + 0x1000, written);
        return written;
    }
}
