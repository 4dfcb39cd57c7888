namespace Lodge.Paging;

// Mapping: entries are written in the order of addresses, so that what was done when something fails is what lies before it.
public sealed partial class PageTableEditor
{
    // While what was built and never linked is taken apart again.
    private bool _isDiscarding;

    private bool TryMap<TTarget>(
        GuestRange range, TTarget target, PageAttributes attributes, IFrameAllocator? frames, out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        LeafTemplates templates = Encode(attributes);
        ulong first = range.Start.Value;
        if (TryMapIn(_format.Root, Table.Root.Value, first, range.Last.Value, ref target, templates, out failure))
            return true;

        // What was mapped is one range, and no page of it lies in it in part: so there is nothing to split, and this cannot fail.
        GuestAddress end = failure.Address;
        if (end > range.Start)
            Unmap(new GuestRange(range.Start, end - range.Start), frames);

        return false;
    }

    private bool TryMapIn<TTarget>(
        PageTableLevel level,
        ulong table,
        ulong first,
        ulong last,
        ref TTarget target,
        in LeafTemplates templates,
        out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        var entries = new TableEntries(_tables, table, level);
        bool mapsPages = level.CanMapPages && level.Number <= Math.Max(1, _options.LargestPageLevel);
        ulong coverage = level.EntryCoverage;
        int index = level.IndexOf(first);
        for (ulong address = first; ; index++)
        {
            ulong end = Math.Min(address | (coverage - 1), last);
            if (!entries.TryRead(index, out ulong entry))
                return Fail(PageEditFailureKind.BadTable, address, level, out failure);

            EntryKind kind = PageTableFormat.KindOf(level, entry);
            if (kind == EntryKind.Page)
                return Fail(PageEditFailureKind.AlreadyMapped, address, level, out failure);

            if (kind == EntryKind.Malformed)
                return Fail(PageEditFailureKind.BadTable, address, level, out failure);

            bool isWhole = end - address == coverage - 1;
            if (kind == EntryKind.NotPresent && isWhole && mapsPages && target.TryGet(address, coverage, out ulong page))
            {
                ulong leaf = templates[level.Number] | level.LeafAddress.Set(page);
                if (page >> _format.OutputBits != 0)
                {
                    target.GiveBack(page, coverage);
                    return Fail(PageEditFailureKind.OutOfFrames, address, level, out failure);
                }

                entries.Write(index, leaf);
            }
            else if (level.Below is null)
            {
                return Fail(PageEditFailureKind.OutOfFrames, address, level, out failure);
            }
            else if (kind == EntryKind.Table)
            {
                ulong below = level.TableAddress.Get(entry);
                if (!TryMapIn(level.Below, below, address, end, ref target, templates, out failure))
                    return false;
            }
            else if (TryBuild(level, address, end, ref target, templates, out ulong link, out failure))
            {
                entries.Write(index, link);
            }
            else
            {
                return false;
            }

            if (end == last)
                break;

            address = end + 1;
        }

        failure = default;
        return true;
    }

    /// <summary>Builds a table with all that is to be mapped in it, and the entry that leads to it; or leaves nothing
    /// behind.</summary>
    private bool TryBuild<TTarget>(
        PageTableLevel level,
        ulong first,
        ulong last,
        ref TTarget target,
        in LeafTemplates templates,
        out ulong link,
        out PageEditFailure failure)
        where TTarget : struct, IMapTarget
    {
        link = 0;
        PageTableLevel below = level.Below!;
        if (!TryAllocateTable(below, out GuestAddress table))
            return Fail(PageEditFailureKind.OutOfFrames, first, below, out failure);

        if (!PageTableFormat.TryEncodeTable(level, table, out link))
        {
            GiveBackUnseen(_frames, table, FrameOf(below));
            return Fail(PageEditFailureKind.OutOfFrames, first, below, out failure);
        }

        if (TryMapIn(below, table.Value, first, last, ref target, templates, out failure))
            return true;

        // Nobody has seen it, so nobody has to be told; and what is mapped now ends where it would have begun.
        var removal = new Removal(this, target.Frames);
        _isDiscarding = true;
        ChangeIn(below, table.Value, first, last, ref removal);
        _isDiscarding = false;
        GiveBackUnseen(_frames, table, FrameOf(below));
        failure = failure with { Address = first };
        return false;
    }

    private static bool Fail(PageEditFailureKind kind, ulong address, PageTableLevel level, out PageEditFailure failure)
    {
        failure = new PageEditFailure(kind, address, level.Number);
        return false;
    }
}
