using System.Collections;
using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>All mappings of a regime's tables, as merged ranges in ascending order.</summary>
/// <remarks>
/// <para>Found one at a time, with work that is bounded by the number of tables visited, whatever the tables say: a table whose
/// entries all lead back to it costs that much and no more, and <see cref="IsCutShort"/> tells.</para>
/// <para>Entries are read in runs of 64, each once. Allocates this object and nothing else. One enumeration is one
/// thread's.</para>
/// </remarks>
public sealed class MappedRanges : IEnumerable<MappedRange>, IEnumerator<MappedRange>
{
    private const int RunLength = 64;

    // Where things lie in what pages of a range have in common.
    private const int GlobalShift = 16;
    private const int SoftwareShift = 17;

    private readonly IAddressSpace _tables;
    private readonly TranslationRegime _regime;
    private readonly MappedRangesOptions _options;
    private Buffer _entries;
    private Stack _stack;
    private PageTableFormat? _format;
    private int _depth = -1;
    private int _halvesBegun;

    // The translated bits of the first address that is asked for.
    private ulong _startBits;

    // Pages of the range that is being put together; its length is 0 where there is none.
    private ulong _start;
    private ulong _length;
    private ulong _target;
    private uint _kind;
    private int _smallestLevel;
    private int _largestLevel;

    internal MappedRanges(IAddressSpace tables, TranslationRegime regime, MappedRangesOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostTables, 1, nameof(options));
        _tables = tables;
        _regime = regime;
        _options = options;
    }

    /// <inheritdoc/>
    public MappedRange Current { get; private set; }

    object IEnumerator.Current => Current;

    /// <summary>How many tables were visited.</summary>
    public int TablesVisited { get; private set; }

    /// <summary>Whether the budget of tables ended the enumeration. What was found is right, and there may be more from
    /// <see cref="CutAt"/> on.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Where the enumeration was cut short.</summary>
    public GuestAddress CutAt { get; private set; }

    /// <summary>How many entries had reserved bits set, and were passed over.</summary>
    public long MalformedEntries { get; private set; }

    /// <summary>How many tables lay, in whole or in part, where there is no memory; what of them was missing was passed
    /// over.</summary>
    public int TablesOutsideMemory { get; private set; }

    /// <summary>The enumerator, which is this.</summary>
    public MappedRanges GetEnumerator() => this;

    IEnumerator<MappedRange> IEnumerable<MappedRange>.GetEnumerator() => this;

    IEnumerator IEnumerable.GetEnumerator() => this;

    /// <summary>Finds the next range.</summary>
    public bool MoveNext()
    {
        while (_depth >= 0 || TryBeginHalf())
        {
            PageTableLevel level = _format!.LevelArray[_depth];
            ref Position position = ref _stack[_depth];
            if (position.Index == position.RunEnd && !TryReadRun(level, ref position))
            {
                _depth--;
                continue;
            }

            int index = position.Index++;
            ulong entry = _entries[(_depth * RunLength) + (index & (RunLength - 1))];
            if (entry == 0)
                continue;

            ulong address = position.Address + ((ulong)index << level.Shift);
            switch (PageTableFormat.KindOf(level, entry))
            {
                case EntryKind.Page when TryAddPage(level, entry, address, position.Rights):
                    return true;

                case EntryKind.Table:
                    EnterFrom(level, entry, address, position.Rights);
                    break;

                case EntryKind.Malformed:
                    MalformedEntries++;
                    break;
            }
        }

        return TryTakeRange();
    }

    /// <summary>Begins again, with the tables as they are now.</summary>
    public void Reset()
    {
        _depth = -1;
        _halvesBegun = 0;
        _length = 0;
        Current = default;
        TablesVisited = 0;
        IsCutShort = false;
        CutAt = default;
        MalformedEntries = 0;
        TablesOutsideMemory = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private bool TryBeginHalf()
    {
        while (!IsCutShort && _halvesBegun < 2)
        {
            PageTable? table = _halvesBegun++ == 0 ? _regime.Lower : _regime.Upper;
            if (table is null)
                continue;

            _format = table.Format;
            _startBits = _format.TranslatedBitsFrom(_options.Start.Value);
            Enter(table.Root.Value, 0, PageRights.AllBits);
            return true;
        }

        return false;
    }

    /// <summary>Goes on in a table, from the first entry that is asked for.</summary>
    private void Enter(ulong table, ulong address, uint rights)
    {
        PageTableLevel level = _format!.LevelArray[++_depth];
        ulong skipped = _startBits > address ? (_startBits - address) >> level.Shift : 0;
        int index = (int)Math.Min(skipped, (ulong)level.EntryCount);
        TablesVisited++;
        _stack[_depth] = new Position
        {
            Table = table,
            Address = address,
            Rights = rights,
            Index = index,
            RunEnd = index,
            End = level.EntryCount,
        };
    }

    private void EnterFrom(PageTableLevel level, ulong entry, ulong address, uint rights)
    {
        if (TablesVisited == _options.MostTables)
        {
            IsCutShort = true;
            CutAt = Math.Max(_format!.Extend(address), _options.Start.Value);
            _depth = -1;
            return;
        }

        Enter(level.TableAddress.Get(entry), address, rights & _format!.TableRightsOf(entry));
    }

    /// <summary>Reads the next entries of a table; false at its end, and where there is no memory.</summary>
    private bool TryReadRun(PageTableLevel level, ref Position position)
    {
        int count = Math.Min(RunLength - (position.Index & (RunLength - 1)), position.End - position.Index);
        if (count == 0)
            return false;

        // One by one, because a copy of all could tear an entry that is being changed.
        Span<ulong> run = ((Span<ulong>)_entries).Slice((_depth * RunLength) + (position.Index & (RunLength - 1)), count);
        var entries = new TableEntries(_tables, position.Table, level, MemoryAccess.Read);
        int done = 0;
        while (done < count && entries.TryRead(position.Index + done, out run[done]))
            done++;

        position.RunEnd = position.Index + done;
        if (done < count)
        {
            // What lies behind a gap in memory is not looked for.
            TablesOutsideMemory++;
            position.End = position.RunEnd;
        }

        return done > 0;
    }

    /// <summary>Adds a page to the range that is being put together; true where it begins another, and so ends that
    /// one.</summary>
    private bool TryAddPage(PageTableLevel level, ulong entry, ulong address, uint tableRights)
    {
        PageTableFormat format = _format!;
        uint rights = _regime.RightsUnderRules[tableRights & format.LeafRightsOf(entry)];
        bool isGlobal = ((entry ^ format.GlobalFlip) & format.GlobalMask) != 0;
        uint software = format.SoftwareField.Get(entry) & _options.SoftwareBits;
        uint kind = rights | ((uint)format.TypeOf(level, entry) << 8) | (isGlobal ? 1u << GlobalShift : 0)
            | (software << SoftwareShift);
        ulong target = level.LeafAddress.Get(entry);
        ulong extended = format.Extend(address);
        if (_length != 0 && kind == _kind && extended - _start == _length && target - _target == _length)
        {
            _length += level.EntryCoverage;
            _smallestLevel = Math.Min(_smallestLevel, level.Number);
            _largestLevel = Math.Max(_largestLevel, level.Number);
            return false;
        }

        bool ends = TryTakeRange();
        _start = extended;
        _length = level.EntryCoverage;
        _target = target;
        _kind = kind;
        _smallestLevel = _largestLevel = level.Number;
        return ends;
    }

    private bool TryTakeRange()
    {
        if (_length == 0)
            return false;

        Current = new MappedRange(
            new GuestRange(_start, _length),
            _target,
            new PageRights(_kind & PageRights.AllBits),
            (MemoryType)(byte)(_kind >> 8),
            ((_kind >> GlobalShift) & 1) != 0,
            _smallestLevel,
            _largestLevel)
        {
            SoftwareBits = (ushort)(_kind >> SoftwareShift),
        };
        _length = 0;
        return true;
    }

    private struct Position
    {
        public ulong Table;

        // The translated bits of the first address that the table is for.
        public ulong Address;
        public uint Rights;
        public int Index;
        public int RunEnd;
        public int End;
    }

    [InlineArray(PageTableFormat.MostLevels)]
    private struct Stack
    {
        private Position _first;
    }

    [InlineArray(PageTableFormat.MostLevels * RunLength)]
    private struct Buffer
    {
        private ulong _first;
    }
}
