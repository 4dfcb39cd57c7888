using BenchmarkDotNet.Attributes;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Detailed;

/// <summary>Reads of 8 bytes where there is nothing.</summary>
public class TryReadFaultBenchmarks : WorkloadBenchmarks
{
    [Benchmark(OperationsPerInvoke = TryReadFaultWorkload.Count)]
    public ulong TryReadFault() => Work.RunBatch();

    private protected override Workload CreateWork() => new TryReadFaultWorkload();
}
