using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Paging;

/// <summary>The rows of Lodge.Paging.</summary>
internal sealed class PagingSuite : IQuickSuite
{
    public IEnumerable<QuickRow> GetRows()
    {
        yield return Row("walk-4-level", QuickTarget.Nanoseconds(25), () => new WalkWorkload());
        yield return Row("read-u64-tlb-hit", QuickTarget.Nanoseconds(3), () => new PagedReadU64Workload(64));
        yield return Row("read-u64-tlb-miss", null, () => new PagedReadU64Workload(PagedLayout.Pages));
        yield return Row("map-64MiB-4K", QuickTarget.Nanoseconds(1_000_000), () => new MapWorkload(isUnmap: false));
        yield return Row("unmap-64MiB-4K", QuickTarget.Nanoseconds(1_000_000), () => new MapWorkload(isUnmap: true));
        yield return Row("enumerate-16384-pages", QuickTarget.Nanoseconds(20), () => new EnumerateWorkload());
    }

    private static QuickRow Row(string name, QuickTarget? target, Func<Workload> createWork)
        => QuickRow.OfTime($"paging/{name}", target, createWork);
}
