using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>The slices of a range of many regions.</summary>
public class FragmentsBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = FragmentsWorkload.Fragments)]
    public ulong Fragments() => Work.RunBatch();

    private protected override Workload CreateWork() => new FragmentsWorkload();
}
