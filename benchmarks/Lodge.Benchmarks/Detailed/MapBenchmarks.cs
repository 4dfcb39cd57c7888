using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Paging;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>64 MiB mapped in pages of 4 KiB, or unmapped. The other of the two comes before, unmeasured.</summary>
public class MapBenchmarks : WorkloadBenchmarks
{
    /// <summary>Whether unmapping is measured.</summary>
    [Params(false, true)]
    public bool IsUnmap { get; set; }

    [IterationSetup]
    public void UndoOrMap() => Work.Prepare();

    [Benchmark]
    public ulong Map() => Work.RunBatch();

    private protected override Workload CreateWork() => new MapWorkload(IsUnmap);
}
