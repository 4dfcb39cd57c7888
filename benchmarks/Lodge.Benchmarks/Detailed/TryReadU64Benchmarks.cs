using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes that report a fault as a value.</summary>
public class TryReadU64Benchmarks : WorkloadBenchmarks
{
    /// <summary>How many regions of 8 GiB in all.</summary>
    [Params(1, 2, 8, 64, 1024)]
    public int Regions { get; set; }

    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong TryReadU64() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong RawPointer() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new TryReadU64Workload(LookupLayout.Even(Regions));
}
