using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>A set of dirty pages that was harvested: ranges in ascending order. Made once and used for many harvests.</summary>
/// <remarks>Keeps only the words that had a bit set, so a clean guest costs nothing to go through. Not thread-safe.</remarks>
public sealed class DirtyPages : IEnumerable<GuestRange>
{
    private Entry[] _entries = new Entry[64];
    private int _count;

    /// <summary>The size of the pages.</summary>
    public PageSize PageSize { get; private set; }

    /// <summary>How many pages there are.</summary>
    public ulong PageCount
    {
        get
        {
            ulong sum = 0;
            foreach (ref readonly Entry entry in _entries.AsSpan(0, _count))
                sum += (ulong)BitOperations.PopCount(entry.Bits);

            return sum;
        }
    }

    /// <summary>Whether there are no pages.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>The ranges: neighbouring pages are joined. Allocates nothing in a <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<GuestRange> IEnumerable<GuestRange>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Reset(PageSize pageSize)
    {
        _count = 0;
        PageSize = pageSize;
    }

    /// <summary>Adds the pages of a word at any address, behind or among those of the last entry: entries stand for 64 pages at a
    /// multiple of 64, so that pages of neighbouring regions join.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void AddAnywhere(ulong addressOfBit0, ulong bits)
    {
        int shift = (int)(addressOfBit0 >> PageSize.Shift) & 63;
        ulong aligned = unchecked(addressOfBit0 - ((ulong)shift << PageSize.Shift));
        Merge(aligned, bits << shift);
        if (shift != 0)
            Merge(unchecked(aligned + (64UL << PageSize.Shift)), bits >> (64 - shift));
    }

    private void Merge(ulong addressOfBit0, ulong bits)
    {
        if (bits == 0)
            return;

        if (_count != 0 && _entries[_count - 1].AddressOfBit0 == addressOfBit0)
            _entries[_count - 1] = new Entry(addressOfBit0, _entries[_count - 1].Bits | bits);
        else
            Add(addressOfBit0, bits);
    }

    /// <summary>Adds the pages of a word behind all others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(ulong addressOfBit0, ulong bits)
    {
        // Two entries more than there are: an enumerator looks ahead.
        Entry[] entries = _entries;
        int count = _count;
        if (count + 2 >= entries.Length)
            entries = Grow();

        entries[count] = new Entry(addressOfBit0, bits);
        _count = count + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Entry[] Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        return _entries;
    }

    private readonly record struct Entry(ulong AddressOfBit0, ulong Bits);

    /// <summary>Goes through the ranges of a <see cref="DirtyPages"/>.</summary>
    public struct Enumerator : IEnumerator<GuestRange>
    {
        private readonly Entry[] _entries;
        private readonly int _count;
        private readonly int _shift;
        private int _index;
        private ulong _bits;
        private ulong _nextBits;
        private ulong _start;
        private ulong _length;

        internal Enumerator(DirtyPages pages)
        {
            _entries = pages._entries;
            _count = pages._count;
            _shift = pages.PageSize.Shift;
            Reset();
        }

        /// <inheritdoc/>
        public readonly GuestRange Current => new(_start, _length);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            if (_index >= _count)
                return false;

            int first = BitOperations.TrailingZeroCount(_bits);
            int run = BitOperations.TrailingZeroCount(~(_bits >> first));
            _start = unchecked(_entries[_index].AddressOfBit0 + ((ulong)first << _shift));
            _length = (ulong)run << _shift;

            // Adding the lowest bit carries through the run and out of it.
            Advance(_bits & unchecked(_bits + (_bits & (0 - _bits))));
            if (first + run == 64)
                this = Continued(this);

            return true;
        }

        /// <inheritdoc/>
        public void Reset()
        {
            _index = 0;
            _bits = _entries[0].Bits;
            _nextBits = _entries[1].Bits;
        }

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }

        // To the next word if this one has no bits left. Whether it has cannot be predicted, so this is arithmetic and no branch.
        // The next word is at hand before it is known to be needed; there are always two entries behind the last: Add sees to that.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Advance(ulong bits)
        {
            // All ones where no bit is left, and 0 otherwise.
            long isDone = unchecked((long)(~bits & (bits - 1))) >> 63;
            _bits = bits | (_nextBits & (ulong)isDone);
            _index -= (int)isDone;
            _nextBits = _entries[_index + 1].Bits;
        }

        // A run that ends with its word goes on if the next word follows on directly and starts with a run. By value, so that the
        // enumerator itself can live in registers.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Enumerator Continued(Enumerator at)
        {
            while (at._index < at._count && (at._bits & 1) != 0
                && at._entries[at._index].AddressOfBit0 == unchecked(at._start + at._length))
            {
                int run = BitOperations.TrailingZeroCount(~at._bits);
                at._length += (ulong)run << at._shift;
                at.Advance(at._bits & unchecked(at._bits + 1));
                if (run < 64)
                    break;
            }

            return at;
        }
    }
}
