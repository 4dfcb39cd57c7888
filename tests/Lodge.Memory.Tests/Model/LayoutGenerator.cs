namespace Lodge.Memory.Tests.Model;

/// <summary>Makes layouts of 1 to 40 regions of every awkward kind.</summary>
internal static class LayoutGenerator
{
    private const ulong Top = ulong.MaxValue;

    private static readonly MemoryAccess[] Permissions =
    [
        MemoryAccess.All, MemoryAccess.All, MemoryAccess.All, MemoryAccess.ReadWrite, MemoryAccess.ReadExecute, MemoryAccess.Read,
        MemoryAccess.Write, MemoryAccess.Execute, MemoryAccess.None, MemoryAccess.Write | MemoryAccess.Execute,
    ];

    /// <summary>What sizes and gaps a layout is made of; the index lays out its tables differently for each.</summary>
    private enum Style
    {
        Tiny,
        Odd,
        Pages,
        Large,
        Mixed,
    }

    public static LayoutPlan Next(Random random)
    {
        var regions = new List<RegionPlan>();
        int count = random.Next(3) == 0 ? random.Next(1, 41) : random.Next(1, 9);
        Style style = (Style)random.Next(5);

        // Each of these costs 512 page faults when all of it is compared.
        if (style == Style.Large)
            count = Math.Min(count, 3);

        bool isPlain = random.Next(4) == 0;
        UInt128 cursor = NextStart(random, style);
        while (regions.Count < count)
        {
            ulong size = NextSize(random, style);
            if (cursor + size > AddressCases.End)
                break;

            regions.Add(NextRegion(random, regions.Count, (ulong)cursor, size, isPlain));
            cursor += (UInt128)size + NextGap(random, style);
        }

        AddAtTheTop(random, regions, style);
        PageSize page = random.Next(3) switch { 0 => PageSize.Size16K, 1 => PageSize.Size2M, _ => PageSize.Size4K };
        return new LayoutPlan(regions, page, random.Next(8) == 0);
    }

    /// <summary>A region for a hole of a layout.</summary>
    public static RegionPlan NextRegion(Random random, int id, ulong start, ulong size, bool isPlain = false)
        => new(
            id,
            start,
            size,
            isPlain ? MemoryAccess.All : Permissions[random.Next(Permissions.Length)],
            random.Next(10) switch { 0 => BackingKind.Anonymous, < 4 => BackingKind.Borrowed, _ => BackingKind.Arena },
            random.Next(isPlain ? 8 : 3) == 0,
            random.Next(70));

    // Half of the layouts end where the address space does; a layout that found no room has only this.
    private static void AddAtTheTop(Random random, List<RegionPlan> regions, Style style)
    {
        UInt128 last = regions.Count == 0 ? 0 : regions[^1].End;
        ulong size = NextSize(random, style);
        if (last + size <= AddressCases.End && (regions.Count == 0 || random.Next(2) == 0))
            regions.Add(NextRegion(random, regions.Count, Top - size + 1, size));
    }

    private static ulong NextStart(Random random, Style style)
    {
        ulong start = random.Next(6) switch
        {
            0 or 1 => 0,
            2 => (1UL << 32) - (8UL << 20),
            3 => 1UL << random.Next(63),
            4 => Top - (ulong)random.Next(1 << 24),
            _ => (ulong)random.NextInt64() << random.Next(2),
        };

        return style switch
        {
            Style.Tiny or Style.Odd => start,
            Style.Large => start & ~((2UL << 20) - 1),
            _ => start & ~4095UL,
        };
    }

    private static ulong NextSize(Random random, Style style) => style switch
    {
        Style.Tiny => (ulong)random.Next(1, 8),
        Style.Odd => (ulong)random.Next(1, 20_000),
        Style.Pages => (ulong)random.Next(1, 12) << 12,
        Style.Large => 2UL << 20,
        _ => NextSize(random, random.Next(30) == 0 ? Style.Large : (Style)random.Next(3)),
    };

    private static ulong NextGap(Random random, Style style)
    {
        if (random.Next(2) == 0)
            return 0;

        return style switch
        {
            Style.Tiny => (ulong)random.Next(1, 20),
            Style.Odd => (ulong)random.Next(1, 10_000),
            Style.Pages => (ulong)random.Next(1, 12) << 12,
            Style.Large => (2UL << 20) << random.Next(20),
            _ => 1UL << random.Next(44),
        };
    }
}
