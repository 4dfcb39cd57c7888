namespace Lodge.Paging;

// Tables: taking and giving back the memory they lie in, and telling TLBs.
public sealed partial class PageTableEditor
{
    private bool IsEmptyTable(ulong table, PageTableLevel level)
    {
        var entries = new TableEntries(_tables, table, level);
        for (int i = 0; i < level.EntryCount; i++)
        {
            if (!entries.TryRead(i, out ulong entry) || entry != 0)
                return false;
        }

        return true;
    }

    // A table smaller than a frame has a frame of its own: its rest is nobody's.
    private static ulong FrameOf(PageTableLevel level) => Math.Max(level.TableBytes, FrameAllocator.FrameBytes);

    /// <summary>Takes memory for a table that entries can lead to, and empties it.</summary>
    private static bool TryAllocateTable(
        IAddressSpace tables, IFrameAllocator frames, PageTableFormat format, PageTableLevel level, out GuestAddress table)
    {
        if (!frames.TryAllocate(FrameOf(level), out table))
            return false;

        if (table.Value >> format.OutputBits == 0 && tables.TryFill(table, level.TableBytes, 0, out _))
            return true;

        GiveBackUnseen(frames, table, FrameOf(level));
        return false;
    }

    private bool TryAllocateTable(PageTableLevel level, out GuestAddress table)
        => TryAllocateTable(_tables, _frames, _format, level, out table);

    /// <summary>Gives back what no table has ever led to, and nobody has to forget.</summary>
    internal static void GiveBackUnseen(IFrameAllocator frames, GuestAddress frame, ulong size)
    {
        if (frames is FrameQuarantine quarantine)
            quarantine.FreeAtOnce(frame, size);
        else
            frames.Free(frame, size);
    }

    private void FreeLater(IFrameAllocator frames, GuestAddress frame, ulong size)
    {
        if (_isDiscarding)
            GiveBackUnseen(frames, frame, size);
        else if (_options.Tlbs.Count == 0)
            frames.Free(frame, size);
        else
            _pending.Add((frames, frame, size));
    }

    /// <summary>Tells all TLBs that a range has changed, and gives back what waited for that.</summary>
    private void FlushAndFree(GuestRange range)
    {
        foreach (ITlb tlb in _options.Tlbs)
            tlb.Flush(range);

        foreach ((IFrameAllocator frames, GuestAddress frame, ulong size) in _pending)
            frames.Free(frame, size);

        _pending.Clear();
    }
}
