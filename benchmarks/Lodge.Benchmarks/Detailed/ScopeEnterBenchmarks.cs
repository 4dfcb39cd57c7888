using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>A reader's scope, entered and left.</summary>
public class ScopeEnterBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = ScopeEnterWorkload.Count)]
    public ulong ScopeEnter() => Work.RunBatch();

    private protected override Workload CreateWork() => new ScopeEnterWorkload();
}
