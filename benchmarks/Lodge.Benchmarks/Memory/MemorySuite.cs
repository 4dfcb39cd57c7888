using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary>The rows of Lodge.Memory.</summary>
internal sealed class MemorySuite : IQuickSuite
{
    private static readonly int[] RegionCounts = [1, 2, 8, 64, 1024];
    private static readonly int[] CopySizes = [16, 64, 512, 4096, 65536, 1048576];

    public IEnumerable<QuickRow> GetRows()
        => [.. Lookups(), .. Copies(), .. Faults(), .. Maps(), .. Dirty(), .. Iommu(), .. Files()];

    private static IEnumerable<QuickRow> Lookups()
    {
        foreach (int count in RegionCounts)
            yield return Row($"read-u64/{Regions(count)}", LookupTarget(count), () => new ReadU64Workload(LookupLayout.Even(count)));

        yield return Row("read-u64/odd-layout", QuickTarget.Ratio(6), () => new ReadU64Workload(LookupLayout.Odd()));
        yield return Row("read-u64/odd-layout-small", null, () => new ReadU64Workload(LookupLayout.OddSmall()));
        foreach (int count in RegionCounts)
            yield return Row($"write-u64/{Regions(count)}", LookupTarget(count), () => new WriteU64Workload(LookupLayout.Even(count)));

        yield return Row("write-u64-dirty", QuickTarget.Added(1.2), () => new WriteU64DirtyWorkload());
        yield return Row("slice-read-u64", QuickTarget.Ratio(1.4), () => new SliceReadU64Workload());
        yield return Row("try-read-u64/8-regions", null, () => new TryReadU64Workload(LookupLayout.Even(8)));
        yield return Row("load-u32/8-regions", null, () => new LoadU32Workload(LookupLayout.Even(8)));
        yield return Row("atomic-fetch-add/8-regions", null, () => new FetchAddWorkload(LookupLayout.Even(8)));
    }

    private static IEnumerable<QuickRow> Copies()
    {
        foreach (int size in CopySizes)
        {
            QuickTarget target = size <= 512 ? QuickTarget.Added(2) : QuickTarget.Ratio(1.1);
            yield return Row($"copy/{size}/read", target, () => new CopyReadWorkload(size));
            yield return Row($"copy/{size}/write", target, () => new CopyWriteWorkload(size));
        }
    }

    private static IEnumerable<QuickRow> Faults()
    {
        yield return Row("try-read-fault", QuickTarget.Nanoseconds(10), () => new TryReadFaultWorkload());
    }

    private static IEnumerable<QuickRow> Maps()
    {
        yield return Row("live-current", QuickTarget.Nanoseconds(1), () => new LiveCurrentWorkload());
        yield return Row("scope-enter", null, () => new ScopeEnterWorkload());
        yield return Row("fragments-64", QuickTarget.Nanoseconds(5), () => new FragmentsWorkload());
        yield return QuickRow.OfValue("memory/map-bytes/64-regions", "bytes", () => MapBytes.Measure(64));
        yield return QuickRow.OfValue("memory/map-bytes/1024-regions", "bytes", () => MapBytes.Measure(1024));
    }

    private static IEnumerable<QuickRow> Dirty()
    {
        yield return Row("dirty-harvest/4GiB-clean", QuickTarget.Nanoseconds(6_000), () => new DirtyHarvestWorkload(0));
        yield return Row("dirty-harvest/4GiB-1pct", QuickTarget.Nanoseconds(80_000), () => new DirtyHarvestWorkload(0.01));
    }

    private static IEnumerable<QuickRow> Iommu()
    {
        yield return Row("iommu-read-u64/1", QuickTarget.Nanoseconds(5), () => new IommuReadU64Workload(1));
        yield return Row("iommu-read-u64/64", QuickTarget.Nanoseconds(6), () => new IommuReadU64Workload(64));
        yield return Row("iommu-read-u64/4096", QuickTarget.Nanoseconds(10), () => new IommuReadU64Workload(4096));
        yield return Row("iommu-read-u64/4096-scattered", null, () => new IommuReadU64Workload(4096, isScattered: true));
    }

    private static IEnumerable<QuickRow> Files()
    {
        // Elsewhere there is no vectored system call, and so no baseline.
        if (!OperatingSystem.IsLinux())
            yield break;

        yield return Row("file-read/4KiB", QuickTarget.Ratio(1.1), () => new FileReadWorkload(4 << 10));
        yield return Row("file-read/1MiB", QuickTarget.Ratio(1.1), () => new FileReadWorkload(1 << 20));
    }

    private static QuickRow Row(string name, QuickTarget? target, Func<Workload> createWork)
        => QuickRow.OfTime($"memory/{name}", target, createWork);

    private static string Regions(int count) => count == 1 ? "1-region" : $"{count}-regions";

    private static QuickTarget LookupTarget(int regions) => QuickTarget.Ratio(regions <= 64 ? 2.5 : 3.5);
}
