using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Translations of I/O-virtual addresses that are known: found without a lock, changed under one.</summary>
/// <remarks>
/// <para>The mappings are kept in an ordered array that is replaced when they change. In front of it lies a small table by page,
/// in which a lookup leaves what it found. A mapping that is taken away is emptied first, so that whoever comes upon it in the
/// table afterwards finds that it holds nothing.</para>
/// <para>The peer chooses what is mapped, so the number of mappings is bounded; when one more comes, the one that was mapped
/// first goes. Thread-safe.</para>
/// </remarks>
public sealed class Iotlb
{
    /// <summary>How many mappings are kept if nothing is said: 65,536.</summary>
    public const int DefaultCapacity = 1 << 16;

    private const int FrontBits = 13;
    private const int PageShift = 12;

    private readonly Entry?[] _front = new Entry?[1 << FrontBits];
    private readonly Queue<Entry> _byAge = new();
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private Entry[] _sorted = [];
    private long _invalidations;

    /// <summary>An empty cache.</summary>
    /// <param name="capacity">How many mappings are kept.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1.</exception>
    public Iotlb(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
    }

    /// <summary>How many mappings there are.</summary>
    public int Count => Volatile.Read(ref _sorted).Length;

    /// <summary>Changes with every <see cref="Invalidate"/>. Who asks for a translation notes it before and hands it to
    /// <see cref="TryMap(in IommuMapping, long)"/> after, so that an answer that was overtaken is not kept.</summary>
    public long InvalidationStamp => Volatile.Read(ref _invalidations);

    /// <summary>Keeps a mapping. Those that it overlaps lose what it covers.</summary>
    /// <returns>False, and nothing is kept, where the mapping is none: it is empty, leads past 2^64, or moves addresses by no
    /// multiple of 8. Mappings come from peers, so that is no exception.</returns>
    public bool TryMap(in IommuMapping mapping)
    {
        lock (_lock)
            return TryMapUnsynchronized(mapping);
    }

    /// <summary>Keeps a mapping that was asked for, unless something was invalidated since.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="stamp">The <see cref="InvalidationStamp"/> from before it was asked for.</param>
    /// <returns>False where it was not kept: it is no mapping, or perhaps no longer true.</returns>
    public bool TryMap(in IommuMapping mapping, long stamp)
    {
        lock (_lock)
            return stamp == _invalidations && TryMapUnsynchronized(mapping);
    }

    /// <summary>Forgets all translations of a range. Parts of mappings that lie outside of it stay.</summary>
    /// <remarks>Lookups that begin after this find nothing there. To know that earlier ones are done with what they found:
    /// <see cref="IommuMemory.WaitForReaders"/>.</remarks>
    public void Invalidate(GuestRange range)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _invalidations);
            CutUnsynchronized(range, null);

            // A cut in the middle of a mapping makes two of it, and a peer may cut as often as it likes.
            while (_sorted.Length > _capacity)
                ForgetOldestUnsynchronized();
        }
    }

    /// <summary>Forgets all translations.</summary>
    public void InvalidateAll()
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _invalidations);
            foreach (Entry entry in _sorted)
                entry.Empty();

            Volatile.Write(ref _sorted, []);
            _byAge.Clear();
            Array.Clear(_front);
        }
    }

    /// <summary>The mapping that an address lies in, as a whole.</summary>
    public bool TryLookup(GuestAddress address, out IommuMapping mapping)
    {
        Entry? entry = Find(address.Value, out _);
        mapping = entry is not null ? entry.Mapping : default;
        return entry is not null;
    }

    /// <summary>The entry that an address lies in, or null, and how many bytes it has from there on.</summary>
    /// <remarks>Both are of one moment: the entry may be emptied right after.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Entry? Find(ulong address, out ulong available)
        => FindInFront(address, out available) is { } entry && available != 0 ? entry : FindInSorted(address, out available);

    /// <summary>The entry that the front table has for an address, and how many bytes it has from there on: 0 where it is not the
    /// right one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Entry? FindInFront(ulong address, out ulong available)
    {
        Entry? entry = Volatile.Read(ref _front[FrontIndex(address)]);
        available = entry is null ? 0 : entry.BytesFrom(address);
        return entry;
    }

    // Contiguous pages and pages at a stride of a power of two both spread over the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FrontIndex(ulong address)
    {
        ulong page = address >> PageShift;
        return (int)((page ^ (page >> FrontBits) ^ (page >> (2 * FrontBits))) & ((1 << FrontBits) - 1));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Entry? FindInSorted(ulong address, out ulong available)
    {
        while (true)
        {
            Entry[] sorted = Volatile.Read(ref _sorted);
            int index = LastAtOrBelow(sorted, address);
            available = index >= 0 ? sorted[index].BytesFrom(address) : 0;
            if (available != 0)
            {
                // If the entry is emptied before or after this, whoever finds it here sees that.
                Volatile.Write(ref _front[FrontIndex(address)], sorted[index]);
                return sorted[index];
            }

            // An entry is emptied after the array without it was put in place: what is left of it is there.
            if (ReferenceEquals(sorted, Volatile.Read(ref _sorted)))
                return null;
        }
    }

    private static int LastAtOrBelow(Entry[] sorted, ulong address)
    {
        int low = 0;
        int count = sorted.Length;
        while (count > 0)
        {
            int half = count / 2;
            if (sorted[low + half].Start <= address)
            {
                low += half + 1;
                count -= half + 1;
            }
            else
            {
                count = half;
            }
        }

        return low - 1;
    }

    private bool TryMapUnsynchronized(in IommuMapping mapping)
    {
        if (mapping.Range.IsEmpty || mapping.Target.Value > ulong.MaxValue - (mapping.Range.Length - 1)
            || ((mapping.Range.Start.Value ^ mapping.Target.Value) & 7) != 0)
        {
            return false;
        }

        CutUnsynchronized(mapping.Range, new Entry(mapping));
        while (_sorted.Length > _capacity)
            ForgetOldestUnsynchronized();

        return true;
    }

    private void ForgetOldestUnsynchronized()
    {
        // What was cut meanwhile is still in the queue, and empty.
        while (_byAge.TryDequeue(out Entry? oldest))
        {
            if (!oldest.IsEmpty)
            {
                CutUnsynchronized(oldest.Mapping.Range, null);
                return;
            }
        }
    }

    /// <summary>Takes a range out of the mappings, and perhaps puts one in its place.</summary>
    private void CutUnsynchronized(GuestRange range, Entry? replacement)
    {
        if (range.IsEmpty)
            return;

        Entry[] before = _sorted;
        int first = Math.Max(0, LastAtOrBelow(before, range.Start.Value));
        if (first < before.Length && !before[first].Mapping.Range.Overlaps(range) && before[first].Start < range.Start.Value)
            first++;

        int end = first;
        while (end < before.Length && before[end].Mapping.Range.Overlaps(range))
            end++;

        var middle = new List<Entry>(3);
        if (end > first)
        {
            AddIfNotEmpty(middle, before[first].Mapping, Below(before[first].Mapping.Range, range));
            if (replacement is not null)
                middle.Add(replacement);

            AddIfNotEmpty(middle, before[end - 1].Mapping, Above(before[end - 1].Mapping.Range, range));
        }
        else if (replacement is not null)
        {
            middle.Add(replacement);
        }
        else
        {
            return;
        }

        Entry[] after = [.. before.AsSpan(0, first), .. middle, .. before.AsSpan(end)];
        Volatile.Write(ref _sorted, after);
        foreach (Entry cut in before.AsSpan(first, end - first))
            cut.Empty();

        foreach (Entry added in middle)
        {
            if (added != replacement)
                _byAge.Enqueue(added);
        }

        // The youngest of all, so that what room is made for is not what goes.
        if (replacement is not null)
            _byAge.Enqueue(replacement);

        // The queue keeps cut entries until their turn comes; not more than there are entries that hold something.
        if (_byAge.Count > (2 * after.Length) + 64)
            DropEmptyFromQueueUnsynchronized();
    }

    private void DropEmptyFromQueueUnsynchronized()
    {
        for (int left = _byAge.Count; left > 0; left--)
        {
            Entry entry = _byAge.Dequeue();
            if (!entry.IsEmpty)
                _byAge.Enqueue(entry);
        }
    }

    private static void AddIfNotEmpty(List<Entry> list, in IommuMapping whole, GuestRange part)
    {
        if (!part.IsEmpty)
            list.Add(new Entry(new IommuMapping(part, whole.Target + (part.Start - whole.Range.Start), whole.Rights)));
    }

    private static GuestRange Below(GuestRange range, GuestRange cut)
        => cut.Start > range.Start ? new GuestRange(range.Start, cut.Start - range.Start) : default;

    private static GuestRange Above(GuestRange range, GuestRange cut)
        => cut.Last < range.Last ? new GuestRange(cut.Last + 1, range.Last - cut.Last) : default;

    /// <summary>A mapping that can be emptied while others look at it.</summary>
    internal sealed class Entry
    {
        private readonly IommuMapping _mapping;
        private ulong _length;

        public Entry(in IommuMapping mapping)
        {
            _mapping = mapping;
            _length = mapping.Range.Length;
            Start = mapping.Range.Start.Value;
            Delta = unchecked(mapping.Target.Value - Start);
            Rights = mapping.Rights;
        }

        public ulong Start { get; }

        /// <summary>What to add to an address, wrapping, to get to where it leads.</summary>
        public ulong Delta { get; }

        public MemoryAccess Rights { get; }

        /// <summary>The mapping as it was made.</summary>
        public ref readonly IommuMapping Mapping => ref _mapping;

        public bool IsEmpty => Volatile.Read(ref _length) == 0;

        /// <summary>How many bytes there are from an address to the end; 0 where the entry does not hold the address.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ulong BytesFrom(ulong address)
        {
            ulong length = Volatile.Read(ref _length);
            ulong offset = address - Start;
            return offset < length ? length - offset : 0;
        }

        public void Empty() => Volatile.Write(ref _length, 0);
    }
}
