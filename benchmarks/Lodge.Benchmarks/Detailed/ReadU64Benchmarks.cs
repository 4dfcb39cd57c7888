using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes from a map of regions at multiples of 2 MiB.</summary>
public class ReadU64Benchmarks : WorkloadBenchmarks
{
    /// <summary>How many regions of 8 GiB in all.</summary>
    [Params(1, 2, 8, 64, 1024)]
    public int Regions { get; set; }

    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong ReadU64() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong RawPointer() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new ReadU64Workload(LookupLayout.Even(Regions));
}
