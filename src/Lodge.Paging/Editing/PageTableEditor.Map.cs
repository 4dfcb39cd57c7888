namespace Lodge.Paging;

// Mapping: entries are written in the order of addresses, so that what was done when something fails is what lies before it.
public sealed partial class PageTableEditor
{
    private bool TryMap<TTarget>(
        GuestRange range, TTarget target, PageAttributes attributes, IFrameAllocator? frames, out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        LeafTemplates templates = Encode(attributes);
        if (TryMapIn(0, Table.Root.Value, range.Start.Value, range.Last.Value, ref target, templates, out failure))
            return true;

        // What was mapped is one range, and no page of it lies in it in part: so there is nothing to split, and this cannot fail.
        GuestAddress end = failure.Address;
        if (end > range.Start)
            Unmap(new GuestRange(range.Start, end - range.Start), frames);

        return false;
    }

    private bool TryMapIn<TTarget>(
        int depth,
        ulong table,
        ulong first,
        ulong last,
        ref TTarget target,
        in LeafTemplates templates,
        out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        PageTableLevel level = _levels[depth];
        int firstIndex = level.IndexOf(first);
        int count = level.IndexOf(last) - firstIndex + 1;
        failure = default;
        if (!TryGetEntries(table, firstIndex, firstIndex + count - 1, out GuestSlice entries))
        {
            failure = new PageEditFailure(PageEditFailureKind.BadTable, first, level.Number);
            return false;
        }

        bool mapsPages = level.CanMapPages && level.Number <= Math.Max(1, _options.LargestPageLevel);
        ulong coverage = level.EntryCoverage;
        ulong address = first;
        for (int i = 0; i < count; i++)
        {
            ulong end = Math.Min(address | (coverage - 1), last);
            ulong entry = ReadEntry(entries, i);
            EntryKind kind = PageTableFormat.KindOf(level, entry);
            bool isWhole = (address & (coverage - 1)) == 0 && end - address == coverage - 1;
            if (kind is EntryKind.Page or EntryKind.Malformed)
            {
                bool isMapped = kind == EntryKind.Page;
                failure = new PageEditFailure(
                    isMapped ? PageEditFailureKind.AlreadyMapped : PageEditFailureKind.BadTable, address, level.Number);
                return false;
            }

            if (kind == EntryKind.NotPresent && isWhole && mapsPages && target.TryGet(address, coverage, out ulong page))
                WriteEntry(entries, i, templates[level.Number] | level.LeafAddress.Set(page));
            else if (!TryMapBelow(depth, entries, i, entry, kind, address, end, ref target, templates, out failure))
                return false;

            address = unchecked(end + 1);
        }

        return true;
    }

    private bool TryMapBelow<TTarget>(
        int depth,
        in GuestSlice entries,
        int index,
        ulong entry,
        EntryKind kind,
        ulong first,
        ulong last,
        ref TTarget target,
        in LeafTemplates templates,
        out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        PageTableLevel level = _levels[depth];
        if (level.Number == 1)
        {
            failure = new PageEditFailure(PageEditFailureKind.OutOfFrames, first, level.Number);
            return false;
        }

        if (kind == EntryKind.Table)
            return TryMapIn(depth + 1, level.TableAddress.Get(entry), first, last, ref target, templates, out failure);

        PageTableLevel below = _levels[depth + 1];
        if (!TryAllocateTable(below, out GuestAddress table))
        {
            failure = new PageEditFailure(PageEditFailureKind.OutOfFrames, first, below.Number);
            return false;
        }

        if (!PageTableFormat.TryEncodeTable(level, table, out ulong link))
        {
            _frames.Free(table, FrameOf(below));
            throw new InvalidOperationException($"The frame allocator gave {table} for a table, where {_format} cannot lead.");
        }

        // The table is linked before it is filled: so a failure finds it like any other.
        WriteEntry(entries, index, link);
        if (TryMapIn(depth + 1, table.Value, first, last, ref target, templates, out failure))
            return true;

        // If nothing was mapped in it, nobody else would come to take it away.
        if (failure.Address == first)
        {
            WriteEntry(entries, index, 0);
            _frames.Free(table, FrameOf(below));
        }

        return false;
    }
}
