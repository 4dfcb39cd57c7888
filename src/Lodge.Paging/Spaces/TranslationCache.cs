using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>A small TLB: looked up without a lock, filled and flushed under one.</summary>
/// <remarks>
/// <para>A lookup takes three words of an entry that others may be writing. The first is a version: no two states of any entry
/// have the same, so if it is the same before and after, the other two belong together. While an entry is written its tag is one
/// that nothing matches.</para>
/// <para>What a walk found that a flush overtook is not kept: the walk's stamp is from before the flush.</para>
/// <para>Entries are for 4 KiB of addresses, whatever the size of the page.</para>
/// </remarks>
internal sealed class TranslationCache
{
    /// <summary>How many entries there are: 4 MiB of addresses.</summary>
    public const int Count = 1 << IndexBits;

    private const int IndexBits = 10;
    private const int PageShift = 12;
    private const ulong PageMask = ~((1UL << PageShift) - 1);

    // What a tag has below the page number: nothing in the bits that tell an aligned address, what is denied, and the page's
    // size.
    private const int DeniedShift = 3;
    private const int SizeShift = 6;

    // Denies everything, and lookups are for some access.
    private const ulong MatchesNothing = (ulong)MemoryAccess.All << DeniedShift;

    // A flush of more pages than this forgets everything.
    private const ulong MostPagesFlushedSingly = 64;

    private readonly Lock _lock = new();
    private long _flushes;
    private long _lastVersion;

    // The largest page that an entry is of. Flushing an address of it flushes all of it.
    private int _largestShift;

    // In this object and not in an array: one load less on the way, and no bounds to check.
    private Entries _entries;

    public TranslationCache() => Clear();

    /// <summary>What a fill has to know of the time before its walk.</summary>
    public long Stamp => Volatile.Read(ref _flushes);

    /// <summary>Finds the translation of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">What has to be allowed; not nothing.</param>
    /// <param name="alignment">What the address has to be a multiple of: 1, 2, 4 or 8.</param>
    /// <param name="delta">What to add to the address, wrapping.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong address, MemoryAccess access, ulong alignment, out ulong delta)
    {
        ref Entry entry = ref _entries[IndexOf(address)];
        long version = Volatile.Read(ref entry.Version);
        ulong tag = Volatile.Read(ref entry.Tag);
        delta = Volatile.Read(ref entry.Delta);
        ulong mask = PageMask | (alignment - 1) | ((ulong)access << DeniedShift);
        return (((address & (PageMask | (alignment - 1))) ^ tag) & mask) == 0 && Volatile.Read(ref entry.Version) == version;
    }

    /// <summary>As the other, and how many bytes there are to the page's end.</summary>
    public bool TryFind(ulong address, MemoryAccess access, out ulong delta, out ulong available)
    {
        ref Entry entry = ref _entries[IndexOf(address)];
        long version = Volatile.Read(ref entry.Version);
        ulong tag = Volatile.Read(ref entry.Tag);
        available = 0;
        if (!TryFind(address, access, 1, out delta) || Volatile.Read(ref entry.Version) != version)
            return false;

        ulong pageBytes = 1UL << (PageShift + ((int)(tag >> SizeShift) & 63));
        available = pageBytes - (unchecked(address + delta) & (pageBytes - 1));
        return true;
    }

    /// <summary>Keeps a translation, unless something was flushed since the stamp was taken.</summary>
    public void Fill(long stamp, ulong address, in PageTranslation translation, MemoryAccess allowed)
    {
        ulong size = (ulong)(translation.PageShift - PageShift) << SizeShift;
        ulong denied = (ulong)(MemoryAccess.All & ~allowed) << DeniedShift;
        lock (_lock)
        {
            if (stamp != _flushes)
                return;

            // In this order, and each where others see it before the next.
            ref Entry entry = ref _entries[IndexOf(address)];
            Volatile.Write(ref entry.Tag, MatchesNothing);
            Volatile.Write(ref entry.Version, ++_lastVersion);
            Volatile.Write(ref entry.Delta, unchecked(translation.Address.Value - address));
            Volatile.Write(ref entry.Tag, (address & PageMask) | size | denied);
            _largestShift = Math.Max(_largestShift, translation.PageShift);
        }
    }

    public void FlushAll()
    {
        lock (_lock)
        {
            _flushes++;
            Clear();
        }
    }

    public void Flush(GuestRange range)
    {
        if (range.IsEmpty)
            return;

        ulong pages = (range.Last.Value >> PageShift) - (range.Start.Value >> PageShift) + 1;
        lock (_lock)
        {
            _flushes++;
            if (pages > MostPagesFlushedSingly || _largestShift != PageShift)
            {
                Clear();
                return;
            }

            for (ulong i = 0; i < pages; i++)
            {
                ulong page = (range.Start.Value & PageMask) + (i << PageShift);
                ref Entry entry = ref _entries[IndexOf(page)];
                if ((entry.Tag & PageMask) == page)
                    Volatile.Write(ref entry.Tag, MatchesNothing);
            }
        }
    }

    private void Clear()
    {
        foreach (ref Entry entry in (Span<Entry>)_entries)
            Volatile.Write(ref entry.Tag, MatchesNothing);

        _largestShift = PageShift;
    }

    // Contiguous pages, and pages at the same place of larger pages, both spread over the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(ulong address)
    {
        uint page = (uint)(address >> PageShift);
        return (int)((page ^ (page >> IndexBits)) & (Count - 1));
    }

    private struct Entry
    {
        public long Version;
        public ulong Tag;
        public ulong Delta;
    }

    [InlineArray(Count)]
    private struct Entries
    {
        private Entry _first;
    }
}
