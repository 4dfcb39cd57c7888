namespace Lodge.Elf;

/// <summary>Reads the entries of a table in a file one after the other, some thousands of bytes at a time.</summary>
/// <remarks>A table that does not lie in the file is refused before anything is allocated for it.</remarks>
internal ref struct TableReader
{
    private const int MostBuffered = 1 << 16;

    private readonly ElfSource _source;
    private readonly string _what;
    private readonly int _entrySize;
    private readonly byte[] _buffer;
    private long _offset;
    private ulong _unread;
    private int _position;
    private int _filled;

    public TableReader(ElfSource source, ulong offset, ulong count, int entrySize, string what)
    {
        UInt128 size = (UInt128)count * (uint)entrySize;
        source.RequireRange(offset, size <= ulong.MaxValue ? (ulong)size : ulong.MaxValue, what);
        _source = source;
        _what = what;
        _entrySize = entrySize;
        _offset = (long)offset;
        _unread = count;
        _buffer = new byte[Math.Min((ulong)size, (ulong)(MostBuffered / entrySize * entrySize))];
    }

    /// <summary>The next entry, until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> entry)
    {
        if (_position == _filled && !TryFill())
        {
            entry = default;
            return false;
        }

        entry = _buffer.AsSpan(_position, _entrySize);
        _position += _entrySize;
        return true;
    }

    private bool TryFill()
    {
        int entries = (int)Math.Min(_unread, (ulong)(_buffer.Length / _entrySize));
        if (entries == 0)
            return false;

        _filled = entries * _entrySize;
        _position = 0;
        _source.ReadExactly(_offset, _buffer.AsSpan(0, _filled), _what);
        _offset += _filled;
        _unread -= (ulong)entries;
        return true;
    }
}
