namespace Lodge.Paging;

// Changing what is mapped: unmapping and protecting are the same way through the tables. Somebody may have made tables lead to
// each other: a link that is removed is followed once, because it is gone then; and a table is protected once.
public sealed partial class PageTableEditor
{
    private readonly HashSet<(ulong Table, int Level)> _protected = [];

    /// <summary>What becomes of an entry that maps a page; for each kind the way is compiled once.</summary>
    private interface IPageChange
    {
        /// <summary>Whether entries go, and with them tables.</summary>
        static abstract bool Removes { get; }

        ulong Changed(PageTableLevel level, ulong entry);

        /// <summary>Called when the new entry is in its place.</summary>
        void After(PageTableLevel level, ulong entry);
    }

    private bool TryChange<TChange>(GuestRange range, TChange change, out PageEditFailure failure)
        where TChange : struct, IPageChange
    {
        if (!TrySplitEnds(range, out failure))
            return false;

        _changing = range;
        _protected.Clear();
        ChangeIn(_format.Root, Table.Root.Value, range.Start.Value, range.Last.Value, ref change);
        FlushAndFree(range);
        return true;
    }

    private void ChangeIn<TChange>(PageTableLevel level, ulong table, ulong first, ulong last, ref TChange change)
        where TChange : struct, IPageChange
    {
        var entries = new TableEntries(_tables, table, level);
        ulong coverage = level.EntryCoverage;
        int index = level.IndexOf(first);
        for (ulong address = first; ; index++)
        {
            // Where somebody else changed the tables to lead nowhere, nothing is mapped.
            ulong end = Math.Min(address | (coverage - 1), last);
            if (entries.TryRead(index, out ulong entry) && entry != 0)
            {
                switch (PageTableFormat.KindOf(level, entry))
                {
                    case EntryKind.Page:
                        ChangePage(level, entries, index, entry, address, ref change);
                        break;

                    case EntryKind.Table:
                        ChangeTable(level, entries, index, entry, address, end, ref change);
                        break;

                    case EntryKind.Malformed when TChange.Removes:
                        entries.Write(index, 0);
                        break;
                }
            }

            if (end == last)
                return;

            address = end + 1;
        }
    }

    private void ChangePage<TChange>(
        PageTableLevel level, in TableEntries entries, int index, ulong entry, ulong address, ref TChange change)
        where TChange : struct, IPageChange
    {
        ulong changed = change.Changed(level, entry);
        if (!TChange.Removes && _format.NeedsBreakBeforeMake && !_format.DifferInRightsOnly(entry, changed))
            Break(level, entries, index, address);

        entries.Write(index, changed);
        change.After(level, entry);
        if (_pending.Count >= MostPending)
            FlushAndFree(_changing);
    }

    private void ChangeTable<TChange>(
        PageTableLevel level, in TableEntries entries, int index, ulong entry, ulong first, ulong last, ref TChange change)
        where TChange : struct, IPageChange
    {
        PageTableLevel below = level.Below!;
        ulong table = level.TableAddress.Get(entry);
        bool isWhole = last - first == level.EntryCoverage - 1;
        if (!TChange.Removes)
        {
            if (!isWhole || _protected.Add((table, below.Number)))
                ChangeIn(below, table, first, last, ref change);

            return;
        }

        // A table that goes as a whole is cut off first, and goes whatever it holds.
        if (isWhole)
            entries.Write(index, 0);

        ChangeIn(below, table, first, last, ref change);
        if (!isWhole)
        {
            if (!IsEmptyTable(table, below))
                return;

            entries.Write(index, 0);
        }

        FreeLater(_frames, table, FrameOf(below));
    }

    /// <summary>Takes an entry away, and waits until everybody has forgotten it.</summary>
    private void Break(PageTableLevel level, in TableEntries entries, int index, ulong address)
    {
        entries.Write(index, 0);
        FlushAndFree(new GuestRange(new GuestAddress(address).AlignDown(level.EntryCoverage), level.EntryCoverage));
    }

    private readonly struct Removal(PageTableEditor editor, IFrameAllocator? frames) : IPageChange
    {
        public static bool Removes => true;

        public ulong Changed(PageTableLevel level, ulong entry) => 0;

        public void After(PageTableLevel level, ulong entry)
        {
            if (frames is not null)
                editor.FreeLater(frames, level.LeafAddress.Get(entry), level.EntryCoverage);
        }
    }

    private readonly struct Protection(LeafTemplates templates) : IPageChange
    {
        private readonly LeafTemplates _templates = templates;

        public static bool Removes => false;

        public ulong Changed(PageTableLevel level, ulong entry)
            => _templates[level.Number] | level.LeafAddress.Set(level.LeafAddress.Get(entry));

        public void After(PageTableLevel level, ulong entry)
        {
        }
    }
}
