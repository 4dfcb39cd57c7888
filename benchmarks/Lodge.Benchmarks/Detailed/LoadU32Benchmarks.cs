using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Loads of 4 bytes as an emulator makes them.</summary>
public class LoadU32Benchmarks : WorkloadBenchmarks
{
    /// <summary>How many regions of 8 GiB in all.</summary>
    [Params(1, 2, 8, 64, 1024)]
    public int Regions { get; set; }

    [Benchmark(OperationsPerInvoke = Lookups.Count)]
    public ulong LoadU32() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups.Count)]
    public ulong RawPointer() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new LoadU32Workload(LookupLayout.Even(Regions));
}
