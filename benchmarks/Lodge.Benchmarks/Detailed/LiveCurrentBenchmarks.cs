using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>The current map.</summary>
public class LiveCurrentBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = LiveCurrentWorkload.Count)]
    public ulong LiveCurrent() => Work.RunBatch();

    private protected override Workload CreateWork() => new LiveCurrentWorkload();
}
