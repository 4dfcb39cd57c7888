using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Regions that come and go in numbers: the garbage collector does not see their weight, and the system allows only so
/// many mappings (65,530 by default).</summary>
[Collection(ProcessStateCollection.Name)]
public sealed class CreateDisposeCycleTests(ITestOutputHelper output)
{
    /// <summary>Set it to the number of cycles to run instead of those of every day.</summary>
    private const string CyclesVariable = "LODGE_TEST_CYCLES";

    private const int SampleEvery = 1_000;
    private const int MostMappings = 12_000;

    private static int Cycles
        => int.TryParse(Environment.GetEnvironmentVariable(CyclesVariable), CultureInfo.InvariantCulture, out int cycles) ? cycles : 100_000;

    [LinuxTheory]
    [InlineData("Anonymous")]
    [InlineData("Shared")]
    public void RegionsCreatedAndDisposed_StayWithinBoundedMappingsAndFewFullCollections(string kind)
        => Run(Cycles, fullCollections: Math.Max(10, Cycles / 5_000), _ =>
        {
            MemoryRegion region = kind == "Shared" ? MemoryRegion.Shared(0, 0x2000) : MemoryRegion.Anonymous(0, 0x2000);
            region.GetHostSlice().Write(0, 1);
            region.Dispose();
        });

    [LinuxFact]
    public void MapsCreatedAndDisposed_StayWithinBoundedMappings()
        => Run(Cycles / 10, fullCollections: Math.Max(10, Cycles / 5_000), _ =>
        {
            GuestMemory memory = GuestMemory.Anonymous(0x2000);
            memory.Write(0, 1);
            memory.Dispose();
        });

    [LinuxFact]
    public void DisposedRegionsThatStayReachable_DoNotCauseACollectionEach()
    {
        List<MemoryRegion> held = [];
        Run(5_000, fullCollections: 10, _ =>
        {
            MemoryRegion region = MemoryRegion.Anonymous(0, 0x1000);
            held.Add(region);
            region.Dispose();
        });
        GC.KeepAlive(held);
    }

    [LinuxFact]
    public void DirtyBitmapsThatAreDropped_DoNotUseUpTheMappings()
        => Run(70_000, fullCollections: 100, _ => new DirtyBitmap(1 << 30).Mark(0, 1));

    [LinuxFact]
    public void FewVastRegions_AreCollectedByTheirSize()
    {
        Collector.Collect();
        long before = RetiredRanges.CurrentCount;
        for (int i = 0; i < 64; i++)
            MemoryRegion.Anonymous(0, 256ul << 30).Dispose();

        Assert.InRange(RetiredRanges.CurrentCount - before, 0, 16);
    }

    private void Run(int cycles, int fullCollections, Action<int> cycle)
    {
        Collector.Collect();
        int collections = GC.CollectionCount(GC.MaxGeneration);
        int mappings = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < cycles; i++)
        {
            cycle(i);
            if (OperatingSystem.IsLinux() && i % SampleEvery == 0)
                mappings = Math.Max(mappings, ProcessCounters.Mappings);

            // At once: a process that has no mapping left cannot even say so.
            Assert.True(mappings < MostMappings, $"{mappings} mappings after {i} cycles.");
        }

        collections = GC.CollectionCount(GC.MaxGeneration) - collections;
        string result = $"{cycles} cycles in {clock.Elapsed.TotalSeconds:f1} s, at most {mappings} mappings, {collections} full collections";
        output.WriteLine(result);
        Assert.True(collections <= fullCollections, result);
    }
}
