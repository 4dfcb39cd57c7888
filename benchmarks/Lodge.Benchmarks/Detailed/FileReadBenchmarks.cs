using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>A file in the page cache, read into guest memory.</summary>
public class FileReadBenchmarks : WorkloadBenchmarks
{
    /// <summary>The size of the file.</summary>
    [Params(4096, 1048576)]
    public int Bytes { get; set; }

    [Benchmark]
    public ulong FileRead() => Work.RunBatch();

    [Benchmark(Baseline = true)]
    public ulong SystemCall() => Work.RunBaselineBatch();

    private protected override Workload CreateWork() => new FileReadWorkload(Bytes);
}
