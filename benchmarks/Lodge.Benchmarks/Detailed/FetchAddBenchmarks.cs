using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Atomic additions to 8 bytes.</summary>
public class FetchAddBenchmarks : WorkloadBenchmarks
{
    /// <summary>How many regions of 8 GiB in all.</summary>
    [Params(1, 2, 8, 64, 1024)]
    public int Regions { get; set; }

    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong FetchAdd() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong InterlockedAdd() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new FetchAddWorkload(LookupLayout.Even(Regions));
}
