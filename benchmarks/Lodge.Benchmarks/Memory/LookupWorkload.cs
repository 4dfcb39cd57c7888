using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary>Something done at each of the <see cref="Lookups"/>.</summary>
internal abstract class LookupWorkload(params MemoryRegion[] regions) : Workload
{
    protected Lookups Lookups { get; } = new(regions);

    public override long OperationsPerBatch => Lookups.Count;

    public override string? Baseline => "a raw pointer to the same addresses";

    public override bool IsBaselineRawPointer => Baseline is not null;

    public override string WorkingSet => Lookups.WorkingSet;

    public override ulong RunBaselineBatch()
    {
        ulong sum = Lookups.ReadRaw(Lookups.Pointers);
        GC.KeepAlive(Lookups);
        return sum;
    }

    public override void Dispose() => Lookups.Dispose();
}
