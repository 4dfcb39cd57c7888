namespace Lodge.Paging;

// Changing what is mapped: unmapping and protecting are the same way through the tables, and split large pages at the range's
// ends.
public sealed partial class PageTableEditor
{
    private readonly Stack<GuestAddress> _spareTables = new();

    /// <summary>What becomes of an entry that maps a page; for each kind the way is compiled once.</summary>
    private interface IPageChange
    {
        /// <summary>Whether entries go, and with them perhaps tables.</summary>
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
        ChangeIn(0, Table.Root.Value, range.Start.Value, range.Last.Value, ref change);
        FlushAndFree(range);
        return true;
    }

    private void ChangeIn<TChange>(int depth, ulong table, ulong first, ulong last, ref TChange change)
        where TChange : struct, IPageChange
    {
        PageTableLevel level = _levels[depth];
        int firstIndex = level.IndexOf(first);
        int count = level.IndexOf(last) - firstIndex + 1;

        // Where somebody else changed the tables to lead nowhere, nothing is mapped.
        if (!TryGetEntries(table, firstIndex, firstIndex + count - 1, out GuestSlice entries))
            return;

        ulong coverage = level.EntryCoverage;
        ulong address = first;
        for (int i = 0; i < count; i++)
        {
            ulong end = Math.Min(address | (coverage - 1), last);
            ulong entry = ReadEntry(entries, i);
            EntryKind kind = PageTableFormat.KindOf(level, entry);
            if (kind == EntryKind.Page)
            {
                WriteEntry(entries, i, change.Changed(level, entry));
                change.After(level, entry);
                if (_pending.Count >= MostPending)
                    FlushAndFree(_changing);
            }
            else if (kind == EntryKind.Table)
            {
                ChangeIn(depth + 1, level.TableAddress.Get(entry), address, end, ref change);
                if (TChange.Removes)
                    RemoveIfEmpty(depth, entries, i, entry);
            }
            else if (TChange.Removes && kind == EntryKind.Malformed)
            {
                WriteEntry(entries, i, 0);
            }

            address = unchecked(end + 1);
        }
    }

    private void RemoveIfEmpty(int depth, in GuestSlice entries, int index, ulong entry)
    {
        ulong table = _levels[depth].TableAddress.Get(entry);
        if (!IsEmptyTable(table, _levels[depth + 1]))
            return;

        WriteEntry(entries, index, 0);
        FreeLater(_frames, table, FrameOf(_levels[depth + 1]));
    }

    /// <summary>Splits the pages that lie in a range in part, or none.</summary>
    private bool TrySplitEnds(GuestRange range, out PageEditFailure failure)
    {
        // All tables are taken first, so that nothing fails once something was changed.
        ulong end = unchecked(range.Last.Value + 1);
        bool isReady = TryTakeSpareTables(CountSplits(range.Start.Value, range.Start.Value) + CountSplits(range.Last.Value, end));
        failure = isReady ? default : new PageEditFailure(PageEditFailureKind.OutOfFrames, range.Start, 1);
        if (isReady)
        {
            SplitAt(range.Start.Value, range.Start.Value);
            SplitAt(range.Last.Value, end);
        }

        // A page that both ends lie in was counted twice.
        while (_spareTables.TryPop(out GuestAddress unused))
            _frames.Free(unused, FrameOf(_levels[^1]));

        return isReady;
    }

    /// <summary>How often the page of an address has to be split for pages to begin at a boundary in it.</summary>
    private int CountSplits(ulong address, ulong boundary)
    {
        if (!TryQuery(address, out PageMapping page))
            return 0;

        int splits = 0;
        while (page.Level - splits > 1 && (boundary & (_format.Level(page.Level - splits).EntryCoverage - 1)) != 0)
            splits++;

        return splits;
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
            if ((boundary & (level.EntryCoverage - 1)) == 0 || !TryGetEntries(table, index, index, out GuestSlice entries))
                return;

            ulong entry = ReadEntry(entries, 0);
            EntryKind kind = PageTableFormat.KindOf(level, entry);
            if (kind == EntryKind.Page && _spareTables.TryPop(out GuestAddress spare))
                entry = Split(level, entries, entry, spare, address);
            else if (kind != EntryKind.Table)
                return;

            table = level.TableAddress.Get(entry);
        }
    }

    /// <summary>Puts a table of smaller pages in the place of a large page; returns the entry that leads to it.</summary>
    private ulong Split(PageTableLevel level, in GuestSlice entries, ulong entry, GuestAddress table, ulong address)
    {
        PageTableLevel below = level.Below!;
        PageAttributes attributes = _format.AttributesOf(level.Number, entry);
        if (!_format.TryEncodePage(below, 0, attributes, out ulong template)
            || !TryGetEntries(table.Value, 0, below.EntryCount - 1, out GuestSlice parts)
            || !PageTableFormat.TryEncodeTable(level, table, out ulong link))
        {
            throw new InvalidOperationException($"The frame allocator gave {table} for a table, where {_format} cannot lead.");
        }

        ulong target = level.LeafAddress.Get(entry);
        for (int i = 0; i < below.EntryCount; i++)
            WriteEntry(parts, i, template | below.LeafAddress.Set(target + ((ulong)i << below.Shift)));

        if (_format.NeedsBreakBeforeMake)
        {
            WriteEntry(entries, 0, 0);
            FlushAndFree(new GuestRange(new GuestAddress(address).AlignDown(level.EntryCoverage), level.EntryCoverage));
        }

        WriteEntry(entries, 0, link);
        return link;
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
