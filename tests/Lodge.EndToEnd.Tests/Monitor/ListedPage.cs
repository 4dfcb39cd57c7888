using System.Numerics;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>A page that QEMU lists, with its size.</summary>
internal readonly record struct ListedPage(ulong Start, ulong Physical, ulong Size, TlbFlags Flags)
{
    private const ulong Small = 1UL << 12;
    private const ulong Large = 1UL << 21;
    private const ulong Huge = 1UL << 30;

    public ulong Last => Start + (Size - 1);

    /// <summary>The level of the tables that has pages of this size, 1 having the smallest.</summary>
    public int Level => ((BitOperations.Log2(Size) - 12) / 9) + 1;

    /// <summary>The memory type, under the PAT of a processor that was just reset.</summary>
    public MemoryType MemoryType => (Has(TlbFlags.CacheDisabled), Has(TlbFlags.WriteThrough)) switch
    {
        (false, false) => MemoryType.WriteBack,
        (false, true) => MemoryType.WriteThrough,
        (true, false) => MemoryType.UncacheableMinus,
        (true, true) => MemoryType.Uncacheable,
    };

    public bool Has(TlbFlags flag) => (Flags & flag) != 0;

    public static async Task<ListedPage[]> ReadAllAsync(QemuMonitor monitor, CancellationToken cancellation)
    {
        TlbLine[] lines = await monitor.ReadPagesAsync(cancellation);
        var pages = new ListedPage[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            ulong next = i + 1 < lines.Length ? lines[i + 1].Start : ulong.MaxValue;
            ulong size = await SizeOfAsync(lines[i], next, monitor, cancellation);
            pages[i] = new ListedPage(lines[i].Start, lines[i].Physical, size, lines[i].Flags);
        }

        return pages;
    }

    // The list does not say which of two sizes a large page has. A page of 1 GiB is aligned to it, no other page is listed within
    // it, and still it maps what follows its first 2 MiB.
    private static async Task<ulong> SizeOfAsync(TlbLine line, ulong next, QemuMonitor monitor, CancellationToken cancellation)
    {
        if ((line.Flags & TlbFlags.Large) == 0)
            return Small;

        if (((line.Start | line.Physical) & (Huge - 1)) != 0 || next - line.Start < Huge)
            return Large;

        return await monitor.TranslateAsync(line.Start + Large, cancellation) == line.Physical + Large ? Huge : Large;
    }
}
