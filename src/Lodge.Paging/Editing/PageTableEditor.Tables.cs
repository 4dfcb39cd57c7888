namespace Lodge.Paging;

// Tables: reading and writing their entries, taking and giving back the memory they lie in, and telling TLBs.
public sealed partial class PageTableEditor
{
    /// <summary>The part of a table that has the entries from one index to another, both included.</summary>
    private bool TryGetEntries(ulong table, int first, int last, out GuestSlice entries)
    {
        ulong length = (ulong)(last - first + 1) * PageTableFormat.EntryBytes;
        GuestAddress address = table + ((ulong)first * PageTableFormat.EntryBytes);
        return _tables.TryGetSlice(address, length, MemoryAccess.ReadWrite, out entries, out _) && entries.Length == length;
    }

    private static ulong ReadEntry(in GuestSlice entries, int index)
        => entries.Read<LittleEndian<ulong>>((ulong)index * PageTableFormat.EntryBytes);

    private static void WriteEntry(in GuestSlice entries, int index, ulong entry)
        => entries.Write((ulong)index * PageTableFormat.EntryBytes, new LittleEndian<ulong>(entry));

    private bool IsEmptyTable(ulong table, PageTableLevel level)
    {
        if (!TryGetEntries(table, 0, level.EntryCount - 1, out GuestSlice entries))
            return false;

        for (int i = 0; i < level.EntryCount; i++)
        {
            if (ReadEntry(entries, i) != 0)
                return false;
        }

        return true;
    }

    // A table smaller than a frame has a frame of its own: its rest is nobody's.
    private static ulong FrameOf(PageTableLevel level) => Math.Max(level.TableBytes, FrameAllocator.FrameBytes);

    private static bool TryAllocateTable(
        IAddressSpace tables, IFrameAllocator frames, PageTableLevel level, out GuestAddress table)
    {
        if (!frames.TryAllocate(FrameOf(level), out table))
            return false;

        if (tables.TryFill(table, level.TableBytes, 0, out _))
            return true;

        frames.Free(table, FrameOf(level));
        return false;
    }

    private bool TryAllocateTable(PageTableLevel level, out GuestAddress table)
        => TryAllocateTable(_tables, _frames, level, out table);

    private void FreeLater(IFrameAllocator frames, GuestAddress frame, ulong size)
    {
        if (_options.Tlbs.Count == 0)
        {
            frames.Free(frame, size);
            return;
        }

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
