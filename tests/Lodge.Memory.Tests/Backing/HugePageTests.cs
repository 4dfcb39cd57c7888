using System.Globalization;
using Xunit;

namespace Lodge.Memory.Tests;

[Collection(ProcessStateCollection.Name)]
public sealed class HugePageTests
{
    private const string Pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
    private const string PoolOfOneGigabyte = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages";
    private const ulong HugePage = 2 << 20;
    private static readonly MappingOptions Huge = new() { HugePages = HugePages.Size2M };

    [LinuxFact]
    public void Anonymous_EmptyPool_SaysWhatToDo()
    {
        RequireEmpty(Pool);
        HostMemoryException e = Assert.Throws<HostMemoryException>(() => HostMapping.Anonymous(HugePage, Huge));

        Assert.Equal(12, e.ErrorCode);
        Assert.Contains("huge pages of 2 MiB", e.Message, StringComparison.Ordinal);
        Assert.Contains("0 are free", e.Message, StringComparison.Ordinal);
        Assert.Contains("nr_hugepages", e.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Anonymous_EmptyPoolOfOneGigabyte_SaysWhatToDo()
    {
        Assert.SkipUnless(!File.Exists(PoolOfOneGigabyte) || Read(PoolOfOneGigabyte) == 0, "The pool of 1 GiB pages is not empty.");
        HostMemoryException e = Assert.Throws<HostMemoryException>(
            () => HostMapping.Anonymous(1, new MappingOptions { HugePages = HugePages.Size1G }));

        Assert.Contains("huge pages of 1024 MiB", e.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Shared_EmptyPool_FailsBeforeItIsTouched()
    {
        RequireEmpty(Pool);
        HostMemoryException e = Assert.Throws<HostMemoryException>(
            () => MemoryRegion.Shared(0, HugePage, new RegionOptions { Mapping = Huge }));

        Assert.Contains("huge pages of 2 MiB", e.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void CopyOnWrite_EmptyPool_FailsBeforeItIsTouched()
    {
        RequireEmpty(Pool);
        using SharedMemoryFile file = SharedMemoryFile.Create(HugePage, "huge", Huge);

        Assert.Throws<HostMemoryException>(() => MemoryRegion.CopyOnWrite(0, file, 0, HugePage, new RegionOptions { Mapping = Huge }));
    }

    [LinuxFact]
    public void Transparent_WorksAndIsDisposedOfInPages()
    {
        using HostMapping mapping = HostMapping.Anonymous(3 * HugePage, new MappingOptions { HugePages = HugePages.Transparent });
        using MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, 3 * HugePage);
        region.GetHostSlice().Fill(0x33);

        mapping.Discard(0x1000, 0x1000);

        Assert.Equal(0x33, region.GetHostSlice().Read<byte>(0xfff));
        Assert.Equal(0, region.GetHostSlice().Read<byte>(0x1000));
        Assert.Equal(0x33, region.GetHostSlice().Read<byte>(0x2000));
    }

    [LinuxFact]
    public void HugePages_OfThePool_AreAlignedUsedAndGivenBack()
    {
        WithPoolOf(4, () =>
        {
            HostMapping mapping = HostMapping.Anonymous(HugePage + 1, Huge);
            Assert.Equal(2 * HugePage, mapping.Size);
            Assert.Equal(HugePage, mapping.HugePageBytes);
            Assert.True(Alignment.IsAligned((ulong)mapping.DangerousAddress, HugePage));
            MemoryRegion region = MemoryRegion.FromMapping(0, mapping, 0, 2 * HugePage);
            GuestMemory memory = GuestMemory.Create(region);
            memory.Fill(0, 2 * HugePage, 0x44);
            Assert.Throws<InvalidOperationException>(() => mapping.Discard(0x1000, 0x1000));
            Assert.Equal(2, Free());

            mapping.Dispose();

            Assert.Equal(4, Free());
            Assert.Equal(0, memory.Read<byte>(HugePage));
        });
    }

    [LinuxFact]
    public void HugePages_Shared_AreGivenBackAtOnce()
    {
        WithPoolOf(4, () =>
        {
            MemoryRegion region = MemoryRegion.Shared(0, 2 * HugePage, new RegionOptions { Mapping = Huge });
            region.GetHostSlice().Fill(0x55);
            Assert.Equal(2, Free());

            region.Dispose();

            Assert.Equal(4, Free());
        });
    }

    [LinuxFact]
    public void Layout_OfPartsSmallerThanAHugePage_IsAllocatedAsOneRun()
    {
        WithPoolOf(4, () =>
        {
            RegionLayout layout = new RegionLayoutBuilder(0x4000)
                .Push("code", 0x1000, MemoryAccess.ReadExecute)
                .Push("data", 0x3000, MemoryAccess.ReadWrite)
                .Build();

            MemoryRegion[] regions = layout.Allocate(Huge);

            Assert.Equal(regions[0].GetHostSlice().DangerousAddress + 0x1000, regions[1].GetHostSlice().DangerousAddress);
            regions[0].Mapping.Dispose();
        });
    }

    private static void WithPoolOf(int pages, Action test)
    {
        RequireEmpty(Pool);
        try
        {
            try
            {
                File.WriteAllText(Pool, pages.ToString(CultureInfo.InvariantCulture));
            }
            catch (UnauthorizedAccessException)
            {
                Assert.Skip("Only root can fill the pool of huge pages.");
            }

            Assert.SkipUnless(Free() == pages, "The system has no huge pages to spare.");
            test();
        }
        finally
        {
            // What a failed test left behind holds its pages in the pool until it is collected.
            Collector.Collect();
            File.WriteAllText(Pool, "0");
        }
    }

    private static int Free() => Read(Pool.Replace("nr_", "free_", StringComparison.Ordinal))
        - Read(Pool.Replace("nr_", "resv_", StringComparison.Ordinal));

    private static void RequireEmpty(string pool)
    {
        Assert.SkipUnless(File.Exists(pool), "The kernel has no pool of 2 MiB pages.");
        Assert.SkipUnless(Read(pool) == 0, "The pool of huge pages is somebody's: it is not empty.");
    }

    private static int Read(string path) => int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
}
