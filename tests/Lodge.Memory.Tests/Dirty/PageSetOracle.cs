namespace Lodge.Memory.Tests;

/// <summary>Dirty pages the slow way: a set of their numbers.</summary>
internal sealed class PageSetOracle(int shift)
{
    private readonly SortedSet<ulong> _pages = [];

    public void Mark(ulong address, ulong length)
    {
        for (ulong page = address >> shift; length != 0 && page <= (address + (length - 1)) >> shift; page++)
            _pages.Add(page);
    }

    public void MarkPage(ulong page) => _pages.Add(page);

    public bool IsMarked(ulong address) => _pages.Contains(address >> shift);

    /// <summary>The page addresses in ascending order; the set is empty afterwards.</summary>
    public List<ulong> TakePages()
    {
        List<ulong> pages = [.. _pages.Select(page => page << shift)];
        _pages.Clear();
        return pages;
    }

    /// <summary>The pages as ranges, neighbours joined; the set is empty afterwards.</summary>
    public List<GuestRange> TakeRanges()
    {
        List<GuestRange> ranges = [];
        foreach (ulong address in TakePages())
        {
            if (ranges.Count != 0 && ranges[^1].Start.Value + ranges[^1].Length == address)
                ranges[^1] = new GuestRange(ranges[^1].Start, ranges[^1].Length + (1ul << shift));
            else
                ranges.Add(new GuestRange(address, 1ul << shift));
        }

        return ranges;
    }
}
