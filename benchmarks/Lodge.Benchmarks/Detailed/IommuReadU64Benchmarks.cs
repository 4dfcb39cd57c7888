using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes through known translations of an IOMMU.</summary>
public class IommuReadU64Benchmarks : WorkloadBenchmarks
{
    /// <summary>How many mappings of 4 KiB there are.</summary>
    [Params(1, 64, 4096)]
    public int Mappings { get; set; }

    /// <summary>Whether they lie anywhere, and not one after another.</summary>
    [Params(false, true)]
    public bool IsScattered { get; set; }

    [Benchmark(OperationsPerInvoke = IommuReadU64Workload.Count)]
    public ulong IommuReadU64() => Work.RunBatch();

    private protected override Workload CreateWork() => new IommuReadU64Workload(Mappings, IsScattered);
}
