using Lodge.Memory;
using Lodge.Paging;

namespace Lodge.EndToEnd.Tests;

/// <summary>The ranges that pages make which QEMU lists.</summary>
internal static class ExpectedRanges
{
    public static List<MappedRange> Of(IEnumerable<ListedPage> pages, X64Registers registers)
        => Merge(pages.Select(page => new MappedRange(
            new GuestRange(page.Start, page.Size), page.Physical, ExpectedRights.Of(page, registers), page.MemoryType,
            page.Has(TlbFlags.Global), page.Level, page.Level)));

    /// <summary>Joins ranges that lead on from each other and have the same rights, memory type and global flag.</summary>
    public static List<MappedRange> Merge(IEnumerable<MappedRange> ranges)
    {
        var merged = new List<MappedRange>();
        foreach (MappedRange range in ranges)
        {
            if (merged.Count != 0 && GoesOn(merged[^1], range))
                merged[^1] = Join(merged[^1], range);
            else
                merged.Add(range);
        }

        return merged;
    }

    /// <summary>Merges ranges as <c>info mem</c> has them: wherever they lead, by two of their rights.</summary>
    public static List<ListedRange> AsListed(IEnumerable<MappedRange> ranges)
    {
        var listed = new List<ListedRange>();
        foreach (MappedRange range in ranges)
        {
            bool isUser = range.Rights.User != MemoryAccess.None;
            MemoryAccess rights = isUser ? range.Rights.User : range.Rights.Supervisor;
            var next = new ListedRange(range.Range.Start.Value, range.Range.Length, isUser, (rights & MemoryAccess.Write) != 0);
            if (listed.Count != 0 && listed[^1] is var last && last.Start + last.Size == next.Start
                && last.IsUser == next.IsUser && last.IsWritable == next.IsWritable)
            {
                listed[^1] = last with { Size = last.Size + next.Size };
            }
            else
            {
                listed.Add(next);
            }
        }

        return listed;
    }

    private static bool GoesOn(MappedRange last, MappedRange next)
        => last.Range.Start.Value + last.Range.Length == next.Range.Start.Value
            && last.Target.Value + last.Range.Length == next.Target.Value
            && last.Rights == next.Rights && last.MemoryType == next.MemoryType && last.IsGlobal == next.IsGlobal;

    private static MappedRange Join(MappedRange last, MappedRange next) => last with
    {
        Range = new GuestRange(last.Range.Start, last.Range.Length + next.Range.Length),
        SmallestLevel = Math.Min(last.SmallestLevel, next.SmallestLevel),
        LargestLevel = Math.Max(last.LargestLevel, next.LargestLevel),
    };
}
