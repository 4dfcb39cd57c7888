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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(ulong addressOfBit0, ulong bits)
    {
        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count * 2);

        _entries[_count++] = new Entry(addressOfBit0, bits);
    }

    private readonly record struct Entry(ulong AddressOfBit0, ulong Bits);

    /// <summary>Goes through the ranges of a <see cref="DirtyPages"/>.</summary>
    public struct Enumerator : IEnumerator<GuestRange>
    {
        private readonly DirtyPages _pages;
        private readonly int _shift;
        private int _next;
        private ulong _address;
        private ulong _bits;

        internal Enumerator(DirtyPages pages)
        {
            _pages = pages;
            _shift = pages.PageSize.Shift;
        }

        /// <inheritdoc/>
        public GuestRange Current { get; private set; }

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_bits == 0 && !TryTakeEntry())
                return false;

            int first = BitOperations.TrailingZeroCount(_bits);
            int run = BitOperations.TrailingZeroCount(~(_bits >> first));
            ulong start = unchecked(_address + ((ulong)first << _shift));
            ulong length = (ulong)run << _shift;
            if (first + run < 64)
            {
                _bits &= ulong.MaxValue << (first + run);
            }
            else
            {
                _bits = 0;
                length += TakeContinuation(unchecked(start + length));
            }

            Current = new GuestRange(start, length);
            return true;
        }

        /// <inheritdoc/>
        public void Reset()
        {
            _next = 0;
            _bits = 0;
        }

        /// <summary>Does nothing.</summary>
        public readonly void Dispose()
        {
        }

        // A run that ends with its word goes on if the next word follows on directly and starts with a run.
        private ulong TakeContinuation(ulong end)
        {
            ulong length = 0;
            while (_next < _pages._count && _pages._entries[_next].AddressOfBit0 == unchecked(end + length)
                && (_pages._entries[_next].Bits & 1) != 0)
            {
                TryTakeEntry();
                int run = BitOperations.TrailingZeroCount(~_bits);
                length += (ulong)run << _shift;
                if (run < 64)
                {
                    _bits &= ulong.MaxValue << run;
                    break;
                }

                _bits = 0;
            }

            return length;
        }

        private bool TryTakeEntry()
        {
            if (_next >= _pages._count)
                return false;

            _address = _pages._entries[_next].AddressOfBit0;
            _bits = _pages._entries[_next].Bits;
            _next++;
            return true;
        }
    }
}
