using System.Globalization;

namespace Lodge.Paging;

/// <summary>Writes walks and mappings down for people.</summary>
/// <remarks>Lines end as the writer ends them; numbers are in hexadecimal, rights as <c>rwx/r-x</c>, the supervisor's
/// first.</remarks>
public static class PageTablePrinter
{
    /// <summary>A walk as text: one line for each entry, and one for where it ended.</summary>
    public static string Print(in PageWalk walk)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        Write(writer, walk);
        return writer.ToString();
    }

    /// <summary>Writes a walk: one line for each entry, and one for where it ended.</summary>
    public static void Write(TextWriter writer, in PageWalk walk)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine($"{walk.Address}  {walk.Table?.ToString() ?? "no table"}");
        foreach (PageWalkStep step in walk.Entries)
            writer.WriteLine(Describe(walk, step));

        writer.WriteLine(walk.IsTranslated ? $"  => {walk.Translation}" : $"  => {walk.Failure}");
    }

    /// <summary>Enumerates mappings and writes them: one line for each range, and one with their sum.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="ranges">What; goes on from where it is.</param>
    public static void Write(TextWriter writer, MappedRanges ranges)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(ranges);
        long count = 0;
        UInt128 bytes = 0;
        foreach (MappedRange range in ranges)
        {
            writer.WriteLine(Describe(range));
            count++;
            bytes += range.Range.Length;
        }

        writer.WriteLine($"{Count(count, "range")}, {Size(bytes)}, in {Count(ranges.TablesVisited, "table")}");
        if (ranges.MalformedEntries != 0)
            writer.WriteLine($"passed over: {Count(ranges.MalformedEntries, "malformed entry", "malformed entries")}");

        if (ranges.TablesOutsideMemory != 0)
            writer.WriteLine($"outside of memory: {Count(ranges.TablesOutsideMemory, "table")}");

        if (ranges.IsCutShort)
            writer.WriteLine($"cut short at {ranges.CutAt}");
    }

    private static string Count(long count, string one, string? many = null)
        => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");

    private static string Describe(in PageWalk walk, PageWalkStep step)
    {
        PageTableFormat format = walk.Table!.Format;
        PageTableLevel level = format.Level(step.Level);
        string place = string.Create(
            CultureInfo.InvariantCulture,
            $"  level {step.Level}  [{level.IndexOf(walk.Address),4}] at 0x{step.EntryAddress.Value:x12}  0x{step.Entry:x16}");
        GuestAddress target = format.TargetOf(step.Level, step.Entry);
        return format.KindOf(step.Level, step.Entry) switch
        {
            EntryKind.Table => $"{place}  table {target}, leaves {new PageRights(format.TableRightsOf(step.Entry))}",
            EntryKind.Page => $"{place}  page {target}, {Describe(format.AttributesOf(step.Level, step.Entry))}",
            EntryKind.Malformed => $"{place}  malformed",
            _ => $"{place}  not present",
        };
    }

    private static string Describe(PageAttributes page)
        => $"{page.Rights}, {page.MemoryType}{(page.IsGlobal ? ", global" : "")}"
            + $"{(page.IsAccessed ? "" : ", not accessed")}{(page.IsDirty ? "" : ", clean")}";

    private static string Describe(MappedRange range)
        => string.Create(
            CultureInfo.InvariantCulture,
            $"{range.Range.Start.Value:x16}-{range.Range.Last.Value:x16} {Size(range.Range.Length),11} -> ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{range.Target.Value:x12} {range.Rights} {range.MemoryType}{(range.IsGlobal ? " global" : "")}");

    private static string Size(UInt128 bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        while (unit < units.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {units[unit]}");
    }
}
