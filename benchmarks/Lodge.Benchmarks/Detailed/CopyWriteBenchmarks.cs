using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Copies into guest memory.</summary>
public class CopyWriteBenchmarks : WorkloadBenchmarks
{
    /// <summary>How many bytes a copy has.</summary>
    [Params(16, 64, 512, 4096, 65536, 1048576)]
    public int Bytes { get; set; }

    [Benchmark(OperationsPerInvoke = CopyWorkload.PlacesPerBatch)]
    public ulong CopyWrite() => Work.RunBatch();

    [Benchmark(Baseline = true, OperationsPerInvoke = CopyWorkload.PlacesPerBatch)]
    public ulong SpanCopyTo() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new CopyWriteWorkload(Bytes);
}
