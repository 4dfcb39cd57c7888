using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Paging;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Walks of four levels.</summary>
public class WalkBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = WalkWorkload.Count)]
    public ulong Walk() => Work.RunBatch();

    private protected override Workload CreateWork() => new WalkWorkload();
}
