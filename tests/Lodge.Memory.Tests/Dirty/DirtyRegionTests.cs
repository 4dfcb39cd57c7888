using Xunit;

namespace Lodge.Memory.Tests;

public sealed class DirtyRegionTests
{
    private const ulong Page = 4096;

    [Fact]
    public void RegionsThatShareABitmap_AreHarvestedByTheirGuestAddresses()
    {
        var bitmap = new DirtyBitmap(16 * Page);
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0x10_0000, 8 * Page, new RegionOptions { Dirty = bitmap }),
            MemoryRegion.Anonymous(0x80_0000, 8 * Page, new RegionOptions { Dirty = bitmap, DirtyOffset = 8 * Page }));
        memory.Write(0x10_0000 + (7 * Page), 1);
        memory.Write(0x80_0000, 1);

        Assert.Equal([new GuestRange(0x10_0000 + (7 * Page), Page), new GuestRange(0x80_0000, Page)], Harvest(memory));
    }

    [Fact]
    public void RunThatGoesOnInTheNextRegion_IsOneRange()
    {
        var bitmap = new DirtyBitmap(16 * Page);
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0, 8 * Page, new RegionOptions { Dirty = bitmap }),
            MemoryRegion.Anonymous(8 * Page, 8 * Page, new RegionOptions { Dirty = bitmap, DirtyOffset = 8 * Page }));
        memory.Fill(7 * Page, 2 * Page, 1);

        Assert.Equal([new GuestRange(7 * Page, 2 * Page)], Harvest(memory));
    }

    [Fact]
    public void RegionThatStartsWithinAPage_IsHarvestedAsThePageItLiesIn()
    {
        var bitmap = new DirtyBitmap(4 * Page);
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0x1003, 0x2000, new RegionOptions { Dirty = bitmap, DirtyOffset = 3 }));
        memory.Write<byte>(0x1003, 1);
        memory.Write<byte>(0x3002, 1);

        Assert.Equal([new GuestRange(0x1000, Page), new GuestRange(0x3000, Page)], Harvest(memory));
    }

    [Fact]
    public void TwoBitmapsWithinOnePage_GiveThePageOnce()
    {
        var first = new DirtyBitmap(Page);
        var second = new DirtyBitmap(Page);
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0x1000, 0x800, new RegionOptions { Dirty = first }),
            MemoryRegion.Anonymous(0x1800, 0x800, new RegionOptions { Dirty = second, DirtyOffset = 0x800 }));
        memory.Fill(0x1000, 0x1000, 1);

        Assert.Equal([new GuestRange(0x1000, Page)], Harvest(memory));
    }

    [Fact]
    public void TopOfTheAddressSpace_IsHarvested()
    {
        const ulong Start = 0xffff_ffff_ffff_e000;
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(Start, 2 * Page, new RegionOptions { Dirty = new DirtyBitmap(2 * Page) }));
        memory.Write<byte>(ulong.MaxValue, 1);
        Assert.Equal([new GuestRange(Start + Page, Page)], Harvest(memory));

        memory.Fill(Start, 2 * Page, 1);
        Assert.Equal([new GuestRange(Start, 2 * Page)], Harvest(memory));
    }

    [Fact]
    public void LargerPagesThanTheRegion_AtTheTopOfTheAddressSpace_AreHarvested()
    {
        var bitmap = new DirtyBitmap(1 << 16, PageSize.Size64K);
        var options = new RegionOptions { Dirty = bitmap, DirtyOffset = 0xf000 };
        using GuestMemory memory = GuestMemory.Create(MemoryRegion.Anonymous(0xffff_ffff_ffff_f000, Page, options));
        memory.Write<byte>(ulong.MaxValue, 1);

        Assert.Equal([new GuestRange(0xffff_ffff_ffff_0000, 1 << 16)], Harvest(memory));
    }

    [Theory]
    [InlineData(0x1000, 0x2000, 0x1800)]
    [InlineData(0x1800, 0x1000, 0)]
    [InlineData(0x1000, 0x4001, 0)]
    [InlineData(0x1000, 0x2000, 0x3000)]
    [InlineData(0x1000, 0x1000, 0xffff_ffff_ffff_f000)]
    public void BitmapThatDoesNotFitTheRegion_IsRefused(ulong start, ulong size, ulong dirtyOffset)
    {
        var options = new RegionOptions { Dirty = new DirtyBitmap(0x4000), DirtyOffset = dirtyOffset };

        Assert.Throws<ArgumentException>(() => MemoryRegion.Anonymous(start, size, options));
    }

    [Fact]
    public void WithDirty_TracksFromThereOnAndStops()
    {
        using MemoryRegion plain = MemoryRegion.Anonymous(0, 4 * Page);
        var bitmap = new DirtyBitmap(4 * Page);
        GuestMemory tracked = GuestMemory.Create(plain.WithDirty(bitmap));
        GuestMemory untracked = GuestMemory.Create(plain);
        untracked.Write(0, 1);
        tracked.Write(Page, 1);
        GuestMemory.Create(tracked.Regions[0].WithDirty(null)).Write(2 * Page, 1);

        Assert.Equal([new GuestRange(Page, Page)], Harvest(tracked));
        Assert.Empty(Harvest(untracked));
    }

    [Fact]
    public void BitmapsOfDifferentPageSizes_AreNotHarvestedTogether()
    {
        using GuestMemory memory = GuestMemory.Create(
            MemoryRegion.Anonymous(0, Page, new RegionOptions { Dirty = new DirtyBitmap(Page) }),
            MemoryRegion.Anonymous(1 << 16, Page, new RegionOptions { Dirty = new DirtyBitmap(Page, PageSize.Size64K) }));

        Assert.Throws<InvalidOperationException>(() => memory.HarvestDirty(new DirtyPages()));
    }

    [Fact]
    public void HarvestOfOneMap_LeavesTheMarksOfRegionsThatItLacks()
    {
        var bitmap = new DirtyBitmap(128 * Page);
        MemoryRegion first = MemoryRegion.Anonymous(0, 10 * Page, new RegionOptions { Dirty = bitmap });
        MemoryRegion second = MemoryRegion.Anonymous(
            10 * Page, 100 * Page, new RegionOptions { Dirty = bitmap, DirtyOffset = 10 * Page });
        using GuestMemory both = GuestMemory.Create(first, second);
        both.Fill(0, 110 * Page, 1);

        Assert.Equal([new GuestRange(0, 10 * Page)], Harvest(GuestMemory.Create(first)));
        Assert.Equal([new GuestRange(10 * Page, 100 * Page)], Harvest(both));
    }

    private static List<GuestRange> Harvest(GuestMemory memory)
    {
        var pages = new DirtyPages();
        memory.HarvestDirty(pages);
        return [.. pages];
    }
}
