using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Paging;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>The enumeration of mappings; an operation is one page.</summary>
public class EnumerateBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = PagedLayout.Pages)]
    public ulong Enumerate() => Work.RunBatch();

    private protected override Workload CreateWork() => new EnumerateWorkload();
}
