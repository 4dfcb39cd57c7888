using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Every way to write marks its pages, whatever kind of space and of bitmap it goes through.</summary>
public sealed class DirtyWritePathTests
{
    private const ulong Page = 4096;
    private const ulong Pages = 16;

    // Of a write that goes over the end of page 5.
    private const ulong Crossing = (6 * Page) - 4;
    private static readonly ulong[] Five = [5];
    private static readonly ulong[] FiveAndSix = [5, 6];

    private static Dictionary<string, (ulong[] Expected, Action<IAddressSpace> Write)> Writes { get; } = new()
    {
        ["byte"] = (Five, space => space.Write<byte>(5 * Page, 1)),
        ["ushort"] = (Five, space => space.Write<ushort>(5 * Page, 1)),
        ["uint"] = (Five, space => space.Write<uint>(5 * Page, 1)),
        ["ulong"] = (Five, space => space.Write<ulong>((6 * Page) - 8, 1)),
        ["unaligned ulong"] = (Five, space => space.Write<ulong>((5 * Page) + 1, 1)),
        ["ulong across pages"] = (FiveAndSix, space => space.Write<ulong>(Crossing, 1)),
        ["16 bytes"] = (Five, space => space.Write(5 * Page, default(SixteenBytes))),
        ["16 bytes across pages"] = (FiveAndSix, space => space.Write(Crossing, default(SixteenBytes))),
        ["try ulong"] = (Five, space => Assert.True(space.TryWrite(5 * Page, 1ul, out _))),
        ["try ulong across pages"] = (FiveAndSix, space => Assert.True(space.TryWrite(Crossing, 1ul, out _))),
        ["big-endian"] = (Five, space => space.Write(5 * Page, new BigEndian<uint>(7))),
        ["bytes"] = (Five, space => Assert.Equal(3, space.Write(5 * Page, [1, 2, 3]))),
        ["bytes across pages"] = (FiveAndSix, space => space.WriteExactly(Crossing, new byte[9])),
        ["bytes over three pages"] = ([4, 5, 6], space => Assert.True(space.TryWriteExactly((5 * Page) - 1, new byte[(int)Page + 2], out _))),
        ["no bytes"] = ([], space => space.WriteExactly(5 * Page, [])),
        ["bytes up to the end"] = ([15], space => Assert.Equal(4, space.Write((Pages * Page) - 4, new byte[99]))),
        ["fill"] = (FiveAndSix, space => space.Fill(Crossing, 8, 1)),
        ["no fill"] = ([], space => space.Fill(5 * Page, 0, 1)),
        ["copy"] = (FiveAndSix, space => space.Copy(0, Crossing, 8)),
        ["copy backward"] = ([5, 6, 7], space => space.Copy((5 * Page) - 1, (5 * Page) + 1, 2 * Page)),
        ["store"] = (Five, space => space.Store(5 * Page, 1ul)),
        ["relaxed store"] = (Five, space => space.Store(5 * Page, 1ul, MemoryOrder.Relaxed)),
        ["store u8"] = (Five, space => Assert.Equal(FaultKind.None, space.StoreU8(5 * Page, 1))),
        ["store u16"] = (Five, space => Assert.Equal(FaultKind.None, space.StoreU16(5 * Page, 1))),
        ["store u32"] = (Five, space => Assert.Equal(FaultKind.None, space.StoreU32(5 * Page, 1))),
        ["store u64"] = (Five, space => Assert.Equal(FaultKind.None, space.StoreU64(5 * Page, 1))),
        ["exchange"] = (Five, space => space.Exchange(5 * Page, 1)),
        ["compare-exchange"] = (Five, space => Assert.Equal(0, space.CompareExchange(5 * Page, 1, 0))),
        ["failed compare-exchange"] = ([], space => Assert.Equal(0, space.CompareExchange(5 * Page, 1, 2))),
        ["fetch-add"] = (Five, space => space.FetchAdd<short>(5 * Page, 1)),
        ["fetch-and"] = (Five, space => space.FetchAnd<byte>(5 * Page, 1)),
        ["fetch-or"] = (Five, space => space.FetchOr(5 * Page, 1)),
        ["fetch-xor"] = (Five, space => space.FetchXor(5 * Page, 1L)),
        ["slice write"] = (FiveAndSix, space => Slice(space).Write(Crossing, 1ul)),
        ["slice copy"] = (FiveAndSix, space => Slice(space).CopyFrom(Crossing, new byte[8])),
        ["slice fill"] = (Five, space => Slice(space).Slice((5 * Page) + 7, 9).Fill(1)),
        ["slice mark"] = (Five, space => Slice(space).Slice((5 * Page) + 7, 9).MarkDirty()),
        ["file"] = (FiveAndSix, ReadFile),
        ["file that ends early"] = (Five, ReadShortFile),
        ["stream"] = (FiveAndSix, space => space.ReadExactlyFrom(Crossing, new MemoryStream(new byte[8]), 8)),
        ["stream that ends early"] = (Five, space => Assert.Equal(4ul, space.ReadFrom(Crossing, new MemoryStream(new byte[4]), 8).Bytes)),
        ["buffer"] = (FiveAndSix, space => Lease(space, _ => { })),
        ["buffer, part of it"] = (Five, space => Lease(space, buffer => buffer.MarkWritten(4))),
        ["buffer, none of it"] = ([], space => Lease(space, buffer => buffer.MarkWritten(0))),
        ["load"] = ([], space => Assert.Equal(0, space.Load<int>(5 * Page))),
        ["read"] = ([], space => Assert.Equal(0, space.Read<int>(5 * Page))),
        ["write past the end"] = ([], space => Assert.False(space.TryWrite(Pages * Page, 1, out _))),
        ["exact write past the end"] = ([], space => Assert.False(space.TryWriteExactly((Pages * Page) - 4, new byte[9], out _))),
    };

    public static TheoryData<string, string, bool> Paths()
    {
        var cases = new TheoryData<string, string, bool>();
        foreach (string write in Writes.Keys)
        {
            foreach (string space in (string[])["memory", "live", "view", "odd region"])
            {
                cases.Add(write, space, false);
                cases.Add(write, space, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Write_MarksItsPages(string write, string through, bool sharedBitmap)
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);
        DirtyBitmap bitmap = sharedBitmap ? DirtyBitmap.OverSharedMemory(log, 0, Pages * Page) : new DirtyBitmap(Pages * Page);
        var options = new RegionOptions { Dirty = bitmap };

        // An odd region has no place in the table of granules, so everything takes the slow way.
        using GuestMemory memory = through == "odd region"
            ? GuestMemory.Create(
                MemoryRegion.Anonymous(0, Pages * Page, options),
                MemoryRegion.Anonymous((Pages * Page) + 0x123, 1),
                MemoryRegion.Anonymous(0xffff_ffff_0000_0001, 3))
            : GuestMemory.Anonymous(Pages * Page, options);
        IAddressSpace space = through switch
        {
            "live" => new LiveGuestMemory(memory),
            "view" => SpaceView.Of(memory, new GuestRange(0, Pages * Page), MemoryAccess.All),
            _ => memory,
        };

        Writes[write].Write(space);

        Assert.Equal(Writes[write].Expected, MarkedPages(bitmap));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void InstanceMethods_MarkTheirPages(bool sharedBitmap)
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);
        DirtyBitmap bitmap = sharedBitmap ? DirtyBitmap.OverSharedMemory(log, 0, Pages * Page) : new DirtyBitmap(Pages * Page);
        using GuestMemory memory = GuestMemory.Anonymous(Pages * Page, new RegionOptions { Dirty = bitmap });

        memory.Write<byte>(0, 1);
        Assert.True(memory.TryWrite(1 * Page, 1ul, out _));
        memory.Write(2 * Page, [1]);
        memory.WriteExactly(3 * Page, [1]);
        Assert.True(memory.TryWriteExactly(4 * Page, [1], out _));
        memory.Store(5 * Page, 1u);
        Assert.True(memory.TryStore(6 * Page, 1u, out _));
        memory.StoreU64(7 * Page, 1);
        memory.Exchange(8 * Page, 1);
        memory.CompareExchange(9 * Page, 1, 0);
        memory.CompareExchange(10 * Page, 1, 2);
        memory.FetchAdd(11 * Page, 1);
        memory.FetchOr(12 * Page, 1);
        memory.Write((14 * Page) - 1, (ushort)1);

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14], MarkedPages(bitmap));
    }

    [Fact]
    public void HostSlice_OfARom_MarksItsPages()
    {
        var bitmap = new DirtyBitmap(Pages * Page);
        using MemoryRegion rom = MemoryRegion.Anonymous(
            0, Pages * Page, new RegionOptions { Dirty = bitmap, Permissions = MemoryAccess.Read });

        rom.GetHostSlice().Write(5 * Page, 1);
        Assert.False(GuestMemory.Create(rom).TryWrite(7 * Page, 1, out _));

        Assert.Equal(Five, MarkedPages(bitmap));
    }

    [Fact]
    public void WriteToAMarkedPage_AfterAHarvest_MarksItAgain()
    {
        var bitmap = new DirtyBitmap(Pages * Page);
        using GuestMemory memory = GuestMemory.Anonymous(Pages * Page, new RegionOptions { Dirty = bitmap });
        var pages = new DirtyPages();
        for (int round = 0; round < 3; round++)
        {
            memory.Write(5 * Page, round);
            memory.Write((5 * Page) + 8, round);
            memory.HarvestDirty(pages);
            Assert.Equal([new GuestRange(5 * Page, Page)], pages);
        }
    }

    private static IEnumerable<ulong> MarkedPages(DirtyBitmap bitmap)
    {
        for (ulong page = 0; page < Pages; page++)
        {
            if (bitmap.IsMarked(page * Page))
                yield return page;
        }
    }

    private static GuestSlice Slice(IAddressSpace space)
    {
        Assert.True(space.TryGetSlice(0, Pages * Page, MemoryAccess.ReadWrite, out GuestSlice slice, out _));
        return slice;
    }

    private static void Lease(IAddressSpace space, Action<GuestBuffer> use)
    {
        Assert.True(GuestBuffer.TryLease(space, Crossing, 8, MemoryAccess.ReadWrite, out GuestBuffer? buffer, out _));
        use(buffer);
        buffer.Dispose();
    }

    private static void ReadFile(IAddressSpace space)
    {
        using var file = new PatternFile(new byte[100]);
        using SafeFileHandle handle = file.Open();
        space.ReadExactlyFrom(Crossing, handle, 0, 8);
    }

    private static void ReadShortFile(IAddressSpace space)
    {
        using var file = new PatternFile(new byte[4]);
        using SafeFileHandle handle = file.Open();
        Assert.Equal(4ul, space.ReadFrom(Crossing, handle, 0, 8).Bytes);
    }
}
