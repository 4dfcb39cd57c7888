namespace Lodge.Benchmarks.Memory;

/// <summary>How the regions lie in which addresses are looked up.</summary>
internal static class LookupLayout
{
    private const ulong Page = 4 << 10;
    private const ulong MiB = 1 << 20;
    private const ulong GiB = 1 << 30;
    private const ulong Far = 64 * GiB;

    // As many pages are populated in all, so more regions than this have to share host memory.
    private const int MostRegionsOfTheirOwn = Lookups.Pages;

    /// <summary>Regions of one size, 8 GiB in all, each at a multiple of 2 MiB, with 2 MiB of nothing between them.</summary>
    public static MemoryRegion[] Even(int count, RegionOptions? options = null)
    {
        ulong size = 8 * GiB / (ulong)count;
        var regions = new MemoryRegion[count];
        HostMapping? shared = count > MostRegionsOfTheirOwn ? HostMapping.Anonymous(size) : null;
        for (int i = 0; i < count; i++)
        {
            ulong start = (ulong)i * (size + (2 * MiB));
            regions[i] = shared is null
                ? MemoryRegion.Anonymous(start, size, options)
                : MemoryRegion.FromMapping(start, shared, 0, size, options);
        }

        return regions;
    }

    /// <summary>Three regions of a few GiB at multiples of 4 KiB and of no more, the last 64 GiB away.</summary>
    public static MemoryRegion[] Odd() =>
    [
        MemoryRegion.Anonymous(Page, (3 * GiB) + (3 * Page)),
        MemoryRegion.Anonymous((3 * GiB) + (9 * Page), (3 * GiB) - (4 * Page)),
        MemoryRegion.Anonymous(Far + (3 * Page), (2 * GiB) + (5 * Page)),
    ];

    /// <summary>The same with regions of about 1 MiB.</summary>
    public static MemoryRegion[] OddSmall() =>
    [
        MemoryRegion.Anonymous(Page, MiB + (3 * Page)),
        MemoryRegion.Anonymous(MiB + (9 * Page), MiB - (4 * Page)),
        MemoryRegion.Anonymous(Far + (3 * Page), MiB + (5 * Page)),
    ];
}
