using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>A quick row's work under BenchmarkDotNet: set up and disposed of around its loops.</summary>
[MemoryDiagnoser]
public abstract class WorkloadBenchmarks
{
    private protected Workload Work { get; private set; } = null!;

    [GlobalSetup]
    public void SetUp() => Work = CreateWork();

    [GlobalCleanup]
    public void CleanUp() => Work.Dispose();

    private protected abstract Workload CreateWork();
}
