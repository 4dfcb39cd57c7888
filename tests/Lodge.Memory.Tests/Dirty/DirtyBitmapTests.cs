using Xunit;

namespace Lodge.Memory.Tests;

public sealed unsafe class DirtyBitmapTests
{
    private const ulong Page = 4096;

    [Fact]
    public void BitOrder_IsThatOfKvmAndVhost()
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);
        DirtyBitmap bitmap = DirtyBitmap.OverSharedMemory(log, 16, 200 * Page);
        foreach (ulong page in (ulong[])[0, 9, 63, 64, 130, 199])
            bitmap.Mark(page * Page, 1);

        var bytes = new ReadOnlySpan<byte>((byte*)log.DangerousAddress + 16, 32);
        Assert.Equal(
            [0x01, 0x02, 0, 0, 0, 0, 0, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0],
            bytes.ToArray());
        GC.KeepAlive(log);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(4096, 8)]
    [InlineData(64 * 4096, 8)]
    [InlineData((64 * 4096) + 1, 16)]
    [InlineData(1ul << 62, 1ul << 47)]
    public void BytesFor_IsOneBitAPageInWholeWords(ulong size, ulong expected) => Assert.Equal(expected, DirtyBitmap.BytesFor(size));

    [Theory]
    [InlineData(0)]
    [InlineData((1ul << 62) + 1)]
    [InlineData(ulong.MaxValue)]
    public void ImpossibleSize_IsRefused(ulong size)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DirtyBitmap.BytesFor(size));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DirtyBitmap(size));
    }

    [Fact]
    public void RangeAcrossWords_ComesBackAsOneRange()
    {
        var bitmap = new DirtyBitmap(1000 * Page);
        bitmap.Mark((62 * Page) + 17, 200 * Page);

        Assert.Equal([new GuestRange(62 * Page, 201 * Page)], Harvest(bitmap));
        Assert.Empty(Harvest(bitmap));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1023)]
    [InlineData(1025)]
    public void WholeBitmap_EndsWithItsLastPage(int pages)
    {
        var bitmap = new DirtyBitmap(((ulong)pages * Page) - 1);
        bitmap.Mark(0, bitmap.Size);

        Assert.Equal([new GuestRange(0, (ulong)pages * Page)], Harvest(bitmap));
    }

    [Fact]
    public void NothingWritten_MarksNothing()
    {
        var bitmap = new DirtyBitmap(2 * Page);
        bitmap.Mark(Page, 0);
        bitmap.Mark(2 * Page, 0);

        Assert.Empty(Harvest(bitmap));
    }

    [Theory]
    [InlineData(2 * Page, 1)]
    [InlineData(Page, Page + 1)]
    [InlineData(ulong.MaxValue, 2)]
    [InlineData(1, ulong.MaxValue)]
    public void RangeOutsideOfTheBitmap_IsRefused(ulong offset, ulong length)
    {
        var bitmap = new DirtyBitmap(2 * Page);

        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.Mark(offset, length));
        Assert.Empty(Harvest(bitmap));
    }

    [Fact]
    public void IsMarked_IsPerPage()
    {
        var bitmap = new DirtyBitmap(1 << 30, PageSize.Size64K);
        bitmap.Mark(0x12_3456, 1);

        Assert.True(bitmap.IsMarked(0x12_0000));
        Assert.True(bitmap.IsMarked(0x12_ffff));
        Assert.False(bitmap.IsMarked(0x11_ffff));
        Assert.False(bitmap.IsMarked(0x13_0000));
        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.IsMarked(1 << 30));
    }

    [Fact]
    public void Merge_MarksTheLogsPages()
    {
        var bitmap = new DirtyBitmap(256 * Page);
        bitmap.Mark(0, 1);
        bitmap.Merge([0b110, 0, 1ul << 63], offset: 64 * Page);

        Assert.Equal([new GuestRange(0, Page), new GuestRange(65 * Page, 2 * Page), new GuestRange(255 * Page, Page)], Harvest(bitmap));
    }

    [Fact]
    public void Merge_CleanWordsBehindTheEnd_AreNoProblem()
    {
        var bitmap = new DirtyBitmap(10 * Page);
        bitmap.Merge([1, 0, 0, 0]);

        Assert.Equal([new GuestRange(0, Page)], Harvest(bitmap));
    }

    [Theory]
    [InlineData(1ul << 10, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 64 * Page)]
    [InlineData(1, 0, 0xffff_ffff_fffc_0000)]
    [InlineData(0, 0, Page)]
    [InlineData(0, 0, 100)]
    public void Merge_BehindTheEndOrOffAWord_IsRefused(ulong first, ulong second, ulong offset)
    {
        var bitmap = new DirtyBitmap(10 * Page);

        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.Merge([first, second], offset));
        Assert.Empty(Harvest(bitmap));
    }

    [Fact]
    public void PutBack_GivesThePagesAgainBesideNewOnes()
    {
        var bitmap = new DirtyBitmap((10 * Page) - 1);
        var pages = new DirtyPages();
        bitmap.Mark(3 * Page, 1);
        bitmap.Mark(9 * Page, 1);
        bitmap.Harvest(pages);
        bitmap.Mark(4 * Page, 1);

        bitmap.PutBack(pages);

        Assert.Equal([new GuestRange(3 * Page, 2 * Page), new GuestRange(9 * Page, Page)], Harvest(bitmap));
    }

    [Fact]
    public void PutBack_OfALargerBitmapsPages_IsRefused()
    {
        var large = new DirtyBitmap(100 * Page);
        var small = new DirtyBitmap(10 * Page);
        var pages = new DirtyPages();
        large.Mark(50 * Page, 1);
        large.Harvest(pages);

        Assert.Throws<ArgumentOutOfRangeException>(() => small.PutBack(pages));
    }

    [Fact]
    public void DirtyPages_UsedAgain_HoldOnlyTheLastHarvest()
    {
        var bitmap = new DirtyBitmap(20_000 * Page);
        var pages = new DirtyPages();
        for (ulong page = 0; page < 20_000; page += 2)
            bitmap.Mark(page * Page, 1);

        bitmap.Harvest(pages);
        Assert.Equal(10_000ul, pages.PageCount);
        Assert.Equal(10_000, pages.Count());

        bitmap.Mark(7 * Page, 1);
        bitmap.Harvest(pages);
        Assert.Equal([new GuestRange(7 * Page, Page)], pages);
        bitmap.Harvest(pages);
        Assert.True(pages.IsEmpty);
        Assert.Equal(0ul, pages.PageCount);
    }

    [Fact]
    public void OverSharedMemory_MarksAndRefusesToHarvest()
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);
        DirtyBitmap bitmap = DirtyBitmap.OverSharedMemory(log, 8, 64 * Page);
        using GuestMemory memory = GuestMemory.Anonymous(64 * Page, new RegionOptions { Dirty = bitmap });
        memory.Write<byte>(5 * Page, 1);

        Assert.True(bitmap.IsMarked(5 * Page));
        Assert.Throws<InvalidOperationException>(() => bitmap.Harvest(new DirtyPages()));
        Assert.Throws<InvalidOperationException>(() => memory.HarvestDirty(new DirtyPages()));
        Assert.True(bitmap.IsMarked(5 * Page));
    }

    [Fact]
    public void OverSharedMemory_MarkThatTheOtherSideTookAway_IsMadeAgain()
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);
        DirtyBitmap bitmap = DirtyBitmap.OverSharedMemory(log, 0, 64 * Page);
        using GuestMemory memory = GuestMemory.Anonymous(64 * Page, new RegionOptions { Dirty = bitmap });
        for (int round = 0; round < 3; round++)
        {
            memory.Write(Page, round);
            Assert.Equal(2ul, Interlocked.Exchange(ref *(ulong*)log.DangerousAddress, 0));
        }
    }

    [Theory]
    [InlineData(4, 64 * Page)]
    [InlineData(0x1000, 64 * Page)]
    [InlineData(0x1000 - 8, 65 * Page)]
    [InlineData(ulong.MaxValue - 7, 64 * Page)]
    [InlineData(0, 1ul << 62)]
    public void OverSharedMemory_OutsideOfTheMappingOrOffAWord_IsRefused(ulong offset, ulong size)
    {
        using HostMapping log = HostMapping.Anonymous(0x1000);

        Assert.Throws<ArgumentOutOfRangeException>(() => DirtyBitmap.OverSharedMemory(log, offset, size));
    }

    private static List<GuestRange> Harvest(DirtyBitmap bitmap)
    {
        var pages = new DirtyPages();
        bitmap.Harvest(pages);
        return [.. pages];
    }
}
