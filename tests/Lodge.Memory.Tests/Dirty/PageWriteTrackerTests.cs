using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed unsafe class PageWriteTrackerTests
{
    private const ulong Page = 4096;
    private readonly List<GuestRange> _written = [];

    [Fact]
    public void Support_IsEitherThereOrExplained()
    {
        Assert.Equal(PageWriteTracker.IsSupported, PageWriteTracker.UnsupportedReason is null);
        if (PageWriteTracker.IsSupported)
            return;

        Assert.NotEmpty(PageWriteTracker.UnsupportedReason!);
        using HostMapping mapping = HostMapping.Anonymous(Page);
        PlatformNotSupportedException e = Assert.Throws<PlatformNotSupportedException>(() => PageWriteTracker.Start(mapping));
        Assert.Equal(PageWriteTracker.UnsupportedReason, e.Message);
    }

    [PageWriteTrackingTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scan_FindsWritesByLodgeByNativeCodeAndByTheKernel(bool shared)
    {
        using HostMapping mapping = NewMapping(64 * Page, shared);
        using MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, 64 * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        using var file = new PatternFile(new byte[8192]);
        using SafeFileHandle handle = file.Open();

        GuestMemory.Create(region).Write(3 * Page, 1);
        NativeMemory.Fill(At(mapping, (10 * Page) - 1), 2, 7);
        RandomAccess.Read(handle, new Span<byte>(At(mapping, 20 * Page), 8192), 0);
        tracker.Scan(_written);

        Assert.Equal([new(3 * Page, Page), new(9 * Page, 2 * Page), new(20 * Page, 2 * Page)], _written);
        GC.KeepAlive(mapping);
    }

    [PageWriteTrackingTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void FirstWrite_ToAPageThatWasNeverTouched_IsFound(bool shared)
    {
        using HostMapping mapping = NewMapping(8 * Page, shared);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);

        *At(mapping, 7 * Page) = 1;
        tracker.Scan(_written);

        Assert.Equal([new(7 * Page, Page)], _written);
    }

    [PageWriteTrackingTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_AndWhatWasWrittenBefore_AreNotFound(bool shared)
    {
        using HostMapping mapping = NewMapping(8 * Page, shared);
        *At(mapping, 0) = 1;
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);

        byte sum = 0;
        for (ulong page = 0; page < 8; page++)
            sum += Volatile.Read(ref *At(mapping, page * Page));

        tracker.Scan(_written);
        Assert.Equal(1, sum);
        Assert.Empty(_written);
    }

    [PageWriteTrackingFact]
    public void Scan_WithReset_TellsOfEachWriteOnce()
    {
        using HostMapping mapping = HostMapping.Anonymous(8 * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        *At(mapping, Page) = 1;
        tracker.Scan(_written);
        Assert.Equal([new(Page, Page)], _written);

        tracker.Scan(_written);
        Assert.Empty(_written);

        *At(mapping, Page) = 2;
        *At(mapping, 2 * Page) = 2;
        tracker.Scan(_written);
        Assert.Equal([new(Page, 2 * Page)], _written);
    }

    [PageWriteTrackingFact]
    public void Scan_WithoutReset_TellsAgain()
    {
        using HostMapping mapping = HostMapping.Anonymous(8 * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        *At(mapping, Page) = 1;

        tracker.Scan(_written, reset: false);
        Assert.Equal([new(Page, Page)], _written);
        *At(mapping, 4 * Page) = 1;
        tracker.Scan(_written, reset: false);
        Assert.Equal([new(Page, Page), new(4 * Page, Page)], _written);
        tracker.Scan(_written);
        Assert.Equal([new(Page, Page), new(4 * Page, Page)], _written);
        tracker.Scan(_written);
        Assert.Empty(_written);
    }

    [PageWriteTrackingTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void MoreRangesThanOneCallGives_AreAllFound(bool reset)
    {
        const ulong Count = 3000;
        using HostMapping mapping = HostMapping.Anonymous(2 * Count * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        for (ulong i = 0; i < Count; i++)
            *At(mapping, 2 * i * Page) = 1;

        tracker.Scan(_written, reset);

        Assert.Equal((int)Count, _written.Count);
        for (ulong i = 0; i < Count; i++)
            Assert.Equal(new GuestRange(2 * i * Page, Page), _written[(int)i]);
    }

    [PageWriteTrackingFact]
    public void GeneratedWrites_AgreeWithASetOfPages()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        using HostMapping mapping = HostMapping.Anonymous(2000 * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        var oracle = new PageSetOracle(12);
        for (int round = 0; round < 30; round++)
        {
            for (int i = random.Next(1500); i > 0; i--)
            {
                ulong offset = (ulong)random.NextInt64((long)(1998 * Page));
                *(ulong*)At(mapping, offset) = (ulong)round;
                oracle.Mark(offset, 8);
            }

            tracker.Scan(_written);
            Assert.True(oracle.TakeRanges().SequenceEqual(_written), $"Seed {seed}, round {round}.");
        }
    }

    [PageWriteTrackingFact]
    public void VastMapping_IsScannedToItsEnd()
    {
        const ulong Size = 8ul << 30;
        using HostMapping mapping = HostMapping.Anonymous(Size);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        *At(mapping, 0) = 1;
        *At(mapping, Size / 2) = 1;
        *At(mapping, Size - 1) = 1;

        tracker.Scan(_written);

        Assert.Equal([new(0, Page), new(Size / 2, Page), new(Size - Page, Page)], _written);
    }

    [PageWriteTrackingFact]
    public void TransparentHugePages_AreToldApartByPages()
    {
        using HostMapping mapping = HostMapping.Anonymous(
            8 << 20, new MappingOptions { HugePages = HugePages.Transparent, Populate = true });
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        *At(mapping, (3 << 20) + 5) = 1;

        tracker.Scan(_written);

        Assert.Equal([new(3 << 20, Page)], _written);
    }

    [PageWriteTrackingFact]
    public void SecondViewOfTheSameMemory_IsNotSeen()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(8 * Page);
        using HostMapping tracked = file.Map();
        using HostMapping other = file.Map();
        using PageWriteTracker tracker = PageWriteTracker.Start(tracked);

        *At(other, Page) = 1;
        tracker.Scan(_written);

        Assert.Equal(1, *At(tracked, Page));
        Assert.Empty(_written);
    }

    [PageWriteTrackingFact]
    public void EachViewOfTheSameMemory_CanHaveATrackerOfItsOwn()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(8 * Page);
        using HostMapping first = file.Map();
        using HostMapping second = file.Map();
        using PageWriteTracker ofFirst = PageWriteTracker.Start(first);
        using PageWriteTracker ofSecond = PageWriteTracker.Start(second);
        *At(first, Page) = 1;
        *At(second, 2 * Page) = 1;

        ofFirst.Scan(_written);
        Assert.Equal([new(Page, Page)], _written);
        ofSecond.Scan(_written);
        Assert.Equal([new(2 * Page, Page)], _written);
    }

    [PageWriteTrackingFact]
    public void WriteThroughTheDescriptor_IsNotSeen()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(8 * Page);
        using HostMapping mapping = file.Map();
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);

        RandomAccess.Write(file.Handle, [1], (long)Page);
        tracker.Scan(_written);

        Assert.Equal(1, *At(mapping, Page));
        Assert.Empty(_written);
    }

    [PageWriteTrackingFact]
    public void CopyOnWriteMapping_IsTracked()
    {
        using SharedMemoryFile file = SharedMemoryFile.Create(8 * Page);
        using HostMapping mapping = file.Map(0, 8 * Page, FileSharing.CopyOnWrite);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);

        *At(mapping, 5 * Page) = 1;
        tracker.Scan(_written);

        Assert.Equal([new(5 * Page, Page)], _written);
    }

    [PageWriteTrackingFact]
    public void SecondTrackerOfOneMapping_IsRefusedAndLeavesTheFirst()
    {
        using HostMapping mapping = HostMapping.Anonymous(4 * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);

        HostMemoryException e = Assert.Throws<HostMemoryException>(() => PageWriteTracker.Start(mapping));
        Assert.NotEqual(0, e.ErrorCode);
        *At(mapping, Page) = 1;
        tracker.Scan(_written);
        Assert.Equal([new(Page, Page)], _written);
    }

    [PageWriteTrackingFact]
    public void FileOnDisk_IsRefusedOrTracked()
    {
        using var file = new PatternFile(new byte[8 * Page]);
        using SafeFileHandle handle = file.Open();
        using HostMapping mapping = HostMapping.MapTrustedFile(handle, 0, 8 * Page, FileSharing.Shared);
        try
        {
            using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
            *At(mapping, Page) = 1;
            tracker.Scan(_written);
            Assert.Equal([new(Page, Page)], _written);
        }
        catch (HostMemoryException e)
        {
            Assert.Contains("track writes", e.Message, StringComparison.Ordinal);
        }
    }

    [PageWriteTrackingFact]
    public void Restart_AfterDispose_ForgetsWhatWasBefore()
    {
        using HostMapping mapping = HostMapping.Anonymous(4 * Page);
        PageWriteTracker first = PageWriteTracker.Start(mapping);
        *At(mapping, Page) = 1;
        first.Dispose();
        *At(mapping, 2 * Page) = 1;
        using PageWriteTracker second = PageWriteTracker.Start(mapping);
        *At(mapping, 3 * Page) = 1;

        second.Scan(_written);

        Assert.Equal([new(3 * Page, Page)], _written);
        Assert.Equal(1, *At(mapping, Page));
    }

    [PageWriteTrackingFact]
    public void DisposedTracker_RefusesToScan()
    {
        using HostMapping mapping = HostMapping.Anonymous(Page);
        PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        tracker.Dispose();
        tracker.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tracker.Scan(_written));
    }

    [PageWriteTrackingFact]
    public void DisposedMapping_EndsTheScansAndCanBeFollowedByTheTracker()
    {
        HostMapping mapping = HostMapping.Anonymous(4 * Page);
        PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        *At(mapping, Page) = 1;

        mapping.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tracker.Scan(_written));
        Assert.Throws<ObjectDisposedException>(() => PageWriteTracker.Start(mapping));
        *At(mapping, Page) = 1;
        tracker.Dispose();
        GC.KeepAlive(mapping);
    }

    [PageWriteTrackingFact]
    public void ScanThatRacesWithAWriter_HasEachPageInOneScanOrTheNext()
    {
        const ulong Pages = 64;
        using HostMapping mapping = HostMapping.Anonymous(Pages * Page);
        using PageWriteTracker tracker = PageWriteTracker.Start(mapping);
        var copy = new ulong[Pages];
        int scans = 0;
        using (var crew = new Crew())
        {
            ulong value = 0;
            crew.Start(() =>
            {
                for (ulong page = 0; page < Pages; page++)
                    Volatile.Write(ref *(ulong*)At(mapping, page * Page), ++value);
            });
            for (; scans < 2000 && crew.IsRunning; scans++)
                CopyWritten(tracker, mapping, copy);
        }

        CopyWritten(tracker, mapping, copy);
        for (ulong page = 0; page < Pages; page++)
            Assert.Equal(*(ulong*)At(mapping, page * Page), copy[page]);
    }

    private void CopyWritten(PageWriteTracker tracker, HostMapping mapping, ulong[] copy)
    {
        tracker.Scan(_written);
        foreach (GuestRange range in _written)
        {
            for (ulong offset = range.Start.Value; offset < range.Start.Value + range.Length; offset += Page)
                copy[offset / Page] = Volatile.Read(ref *(ulong*)At(mapping, offset));
        }
    }

    private static HostMapping NewMapping(ulong size, bool shared)
    {
        if (!shared)
            return HostMapping.Anonymous(size);

        using SharedMemoryFile file = SharedMemoryFile.Create(size);
        return file.Map();
    }

    // In bounds by its callers, who hold the mapping.
    private static byte* At(HostMapping mapping, ulong offset) => (byte*)mapping.DangerousAddress + offset;
}
