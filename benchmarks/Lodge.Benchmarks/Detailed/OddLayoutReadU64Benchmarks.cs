using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes from regions that begin and end anywhere.</summary>
public class OddLayoutReadU64Benchmarks : WorkloadBenchmarks
{
    /// <summary>Whether the regions have about 1 MiB each, instead of a few GiB.</summary>
    [Params(false, true)]
    public bool IsSmall { get; set; }

    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong OddLayoutReadU64() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong RawPointer() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new ReadU64Workload(IsSmall ? LookupLayout.OddSmall() : LookupLayout.Odd());
}
