using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Paging;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes of virtual memory, with and without their translations in the TLB.</summary>
public class PagedReadU64Benchmarks : WorkloadBenchmarks
{
    /// <summary>How many pages are read. The TLB holds 1,024.</summary>
    [Params(64, PagedLayout.Pages)]
    public int Pages { get; set; }

    [Benchmark(OperationsPerInvoke = PagedReadU64Workload.Count)]
    public ulong PagedReadU64() => Work.RunBatch();

    private protected override Workload CreateWork() => new PagedReadU64Workload(Pages);
}
