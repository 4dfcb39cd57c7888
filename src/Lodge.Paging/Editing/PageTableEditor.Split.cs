namespace Lodge.Paging;

// Splitting large pages, so that a range begins and ends where pages do.
public sealed partial class PageTableEditor
{
    private readonly Stack<GuestAddress> _spareTables = new();

    /// <summary>Splits the pages that lie in a range in part, or none.</summary>
    private bool TrySplitEnds(GuestRange range, out PageEditFailure failure)
    {
        // All tables are taken first, so that nothing fails once something was changed.
        ulong first = range.Start.Value;
        ulong last = range.Last.Value;
        bool isReady = TryTakeSpareTables(CountSplits(first, last));
        failure = isReady ? default : new PageEditFailure(PageEditFailureKind.OutOfFrames, range.Start, 1);
        if (isReady)
        {
            SplitAt(first, first);
            SplitAt(last, unchecked(last + 1));
        }

        while (_spareTables.TryPop(out GuestAddress unused))
            GiveBackUnseen(_frames, unused, FrameOf(_levels[^1]));

        return isReady;
    }

    /// <summary>How many splits it takes for pages to begin at one address and end at another.</summary>
    private int CountSplits(ulong first, ulong last)
    {
        int levelOfFirst = TryQuery(first, out PageMapping firstPage) ? firstPage.Level : 1;
        int levelOfLast = TryQuery(last, out PageMapping lastPage) ? lastPage.Level : 1;
        int count = 0;
        for (int number = _levels.Length; number > 1; number--)
        {
            PageTableLevel level = _format.Level(number);
            ulong inPage = level.EntryCoverage - 1;
            bool splitsFirst = number <= levelOfFirst && (first & inPage) != 0;
            bool splitsLast = number <= levelOfLast && ((last + 1) & inPage) != 0;
            bool isOnePage = (first | inPage) == (last | inPage);
            count += splitsFirst && splitsLast && isOnePage ? 1 : (splitsFirst ? 1 : 0) + (splitsLast ? 1 : 0);
        }

        return count;
    }

    private bool TryTakeSpareTables(int count)
    {
        while (_spareTables.Count < count)
        {
            if (!TryAllocateTable(_levels[^1], out GuestAddress table))
                return false;

            _spareTables.Push(table);
        }

        return true;
    }

    /// <summary>Splits the page of an address until pages begin at a boundary in it.</summary>
    private void SplitAt(ulong address, ulong boundary)
    {
        ulong table = Table.Root.Value;
        foreach (PageTableLevel level in _levels)
        {
            int index = level.IndexOf(address);
            var entries = new TableEntries(_tables, table, level);
            if ((boundary & (level.EntryCoverage - 1)) == 0 || !entries.TryRead(index, out ulong entry))
                return;

            EntryKind kind = PageTableFormat.KindOf(level, entry);
            if (kind == EntryKind.Page && _spareTables.TryPop(out GuestAddress spare))
                entry = Split(level, entries, index, entry, spare, address);
            else if (kind != EntryKind.Table)
                return;

            table = level.TableAddress.Get(entry);
        }
    }

    /// <summary>Puts a table of smaller pages in the place of a large page; returns the entry that leads to it.</summary>
    private ulong Split(
        PageTableLevel level, in TableEntries entries, int index, ulong entry, GuestAddress table, ulong address)
    {
        PageTableLevel below = level.Below!;
        ulong part = level.LeafOfLevelBelow(entry);
        ulong target = level.LeafAddress.Get(entry);
        var parts = new TableEntries(_tables, table.Value, below);
        for (int i = 0; i < below.EntryCount && parts.TryRead(i, out _); i++)
            parts.Write(i, part | below.LeafAddress.Set(target + ((ulong)i << below.Shift)));

        if (_format.NeedsBreakBeforeMake)
            Break(level, entries, index, address);

        PageTableFormat.TryEncodeTable(level, table, out ulong link);
        entries.Write(index, link);
        return link;
    }
}
