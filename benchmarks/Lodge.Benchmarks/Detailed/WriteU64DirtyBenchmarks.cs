using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Writes of 8 bytes to pages that are marked as dirty.</summary>
public class WriteU64DirtyBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong WriteU64Dirty() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong Untracked() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new WriteU64DirtyWorkload();
}
