using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes from a slice.</summary>
public class SliceReadU64Benchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong SliceReadU64() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong RawPointer() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new SliceReadU64Workload();
}
