using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>The dirty pages of a 4 GiB guest. Marking them comes before each harvest, unmeasured.</summary>
public class DirtyHarvestBenchmarks : WorkloadBenchmarks
{
    /// <summary>How many of the pages are dirty, in percent.</summary>
    [Params(0, 1, 10)]
    public int DirtyPercent { get; set; }

    [IterationSetup]
    public void Mark() => Work.Prepare();

    [Benchmark]
    public ulong DirtyHarvest() => Work.RunBatch();

    private protected override Workload CreateWork() => new DirtyHarvestWorkload(DirtyPercent / 100.0);
}
