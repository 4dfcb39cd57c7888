namespace Lodge.Paging;

/// <summary>The entries of a table. The memory that it lies in may be in pieces.</summary>
internal ref struct TableEntries(
    IAddressSpace tables, ulong table, PageTableLevel level, MemoryAccess access = MemoryAccess.ReadWrite)
{
    private readonly IAddressSpace _tables = tables;
    private readonly MemoryAccess _access = access;
    private readonly ulong _table = table;
    private readonly int _count = level.EntryCount;

    // The piece that was used last, by the indices of its entries.
    private GuestSlice _piece;
    private int _first;
    private int _end;

    /// <summary>Reads an entry; false where there is no memory for it that allows what is to be done.</summary>
    public bool TryRead(int index, out ulong entry)
    {
        if ((index < _first || index >= _end) && !TryMoveTo(index))
        {
            entry = 0;
            return false;
        }

        entry = _piece.Read<LittleEndian<ulong>>(OffsetOf(index));
        return true;
    }

    /// <summary>Writes an entry that was read right before.</summary>
    public readonly void Write(int index, ulong entry) => _piece.Write(OffsetOf(index), new LittleEndian<ulong>(entry));

    private readonly ulong OffsetOf(int index) => (ulong)(index - _first) * PageTableFormat.EntryBytes;

    private bool TryMoveTo(int index)
    {
        GuestAddress address = _table + ((ulong)index * PageTableFormat.EntryBytes);
        ulong wanted = (ulong)(_count - index) * PageTableFormat.EntryBytes;
        if (!_tables.TryGetSlice(address, wanted, _access, out _piece, out _)
            || _piece.Length < PageTableFormat.EntryBytes)
        {
            _first = _end = 0;
            return false;
        }

        _first = index;
        _end = index + (int)(_piece.Length / PageTableFormat.EntryBytes);
        return true;
    }
}
