using System.Runtime.CompilerServices;

namespace Lodge.Paging;

/// <summary>A small TLB: found without a lock, filled without one, and emptied at once.</summary>
/// <remarks>
/// <para>Every fill has a ticket of its own, drawn before the tables are walked. An entry counts while its ticket is younger than the
/// last flush; so a flush of everything is one store, and what a walk found that a flush overtook is never used. A reader looks at
/// the ticket before and after the rest of an entry: tickets are never used twice, so if it is the same, so is what lies
/// between.</para>
/// <para>Entries are for 4 KiB of addresses, whatever the size of the page.</para>
/// </remarks>
internal sealed class TranslationCache
{
    /// <summary>How many entries there are: 4 MiB of addresses.</summary>
    public const int Count = 1 << IndexBits;

    private const int IndexBits = 10;
    private const int PageShift = 12;
    private const ulong PageMask = ~((1UL << PageShift) - 1);

    // What a tag has below the page number: nothing in the bits that tell an aligned address, what is denied, and the page's size.
    private const ulong AlignmentBits = 7;
    private const int DeniedShift = 3;
    private const int SizeShift = 6;

    private const long Empty = 0;
    private const long Locked = -1;

    // A flush of more pages than this forgets everything.
    private const ulong MostPagesFlushedSingly = 64;

    private readonly Entry[] _entries = new Entry[Count];
    private readonly Lock _flushes = new();
    private long _lastTicket;

    // Entries with tickets up to this one do not count.
    private long _flushedUpTo;

    // Walks with tickets up to this one must not fill: a page was flushed since they began.
    private long _cutUpTo;

    // The largest page that an entry is of. Flushing an address of it flushes all of it.
    private int _largestShift = PageShift;

    /// <summary>Begins a fill: to be called before the tables are looked at.</summary>
    public long DrawTicket() => Interlocked.Increment(ref _lastTicket);

    /// <summary>Finds the translation of an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="access">What has to be allowed: one of the three, or nothing.</param>
    /// <param name="alignment">What the address has to be a multiple of: 1, 2, 4 or 8.</param>
    /// <param name="delta">What to add to the address, wrapping.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(ulong address, MemoryAccess access, ulong alignment, out ulong delta)
    {
        ref Entry entry = ref _entries[IndexOf(address)];
        long ticket = Volatile.Read(ref entry.Ticket);
        ulong tag = Volatile.Read(ref entry.Tag);
        delta = Volatile.Read(ref entry.Delta);
        ulong mask = PageMask | (alignment - 1) | ((ulong)access << DeniedShift);
        return (((address & (PageMask | AlignmentBits)) ^ tag) & mask) == 0
            && ticket > Volatile.Read(ref _flushedUpTo)
            && Volatile.Read(ref entry.Ticket) == ticket;
    }

    /// <summary>As the other, and how many bytes there are to the page's end.</summary>
    public bool TryFind(ulong address, MemoryAccess access, out ulong delta, out ulong available)
    {
        ref Entry entry = ref _entries[IndexOf(address)];
        long ticket = Volatile.Read(ref entry.Ticket);
        ulong tag = Volatile.Read(ref entry.Tag);
        available = 0;
        if (!TryFind(address, access, 1, out delta) || Volatile.Read(ref entry.Ticket) != ticket)
            return false;

        ulong pageBytes = 1UL << (PageShift + ((int)(tag >> SizeShift) & 63));
        available = pageBytes - (unchecked(address + delta) & (pageBytes - 1));
        return true;
    }

    /// <summary>Keeps a translation, unless something was flushed since the ticket was drawn.</summary>
    public void Fill(long ticket, ulong address, in PageTranslation translation, MemoryAccess allowed)
    {
        ref Entry entry = ref _entries[IndexOf(address)];
        long before = Volatile.Read(ref entry.Ticket);
        if (before == Locked || Interlocked.CompareExchange(ref entry.Ticket, Locked, before) != before)
            return;

        // A flush says so first and comes for the entry then: either it is seen here, or it sees this page's size and waits for
        // the entry.
        if (translation.PageShift > Volatile.Read(ref _largestShift))
            RaiseLargestShift(translation.PageShift);

        Interlocked.MemoryBarrier();
        if (ticket <= Volatile.Read(ref _flushedUpTo) || ticket <= Volatile.Read(ref _cutUpTo))
        {
            Volatile.Write(ref entry.Ticket, Empty);
            return;
        }

        ulong size = (ulong)(translation.PageShift - PageShift) << SizeShift;
        ulong denied = (ulong)(MemoryAccess.All & ~allowed) << DeniedShift;
        Volatile.Write(ref entry.Tag, (address & PageMask) | size | denied);
        Volatile.Write(ref entry.Delta, unchecked(translation.Address.Value - address));
        Volatile.Write(ref entry.Ticket, ticket);
    }

    public void FlushAll()
    {
        lock (_flushes)
        {
            // In this order: a walk that begins after the flush and finds a large page says so after this.
            Volatile.Write(ref _largestShift, PageShift);
            Volatile.Write(ref _flushedUpTo, Interlocked.Increment(ref _lastTicket));
        }
    }

    public void Flush(GuestRange range)
    {
        if (range.IsEmpty)
            return;

        ulong pages = ((range.Last.Value >> PageShift) - (range.Start.Value >> PageShift)) + 1;
        lock (_flushes)
        {
            Volatile.Write(ref _cutUpTo, Interlocked.Increment(ref _lastTicket));
            Interlocked.MemoryBarrier();
            if (pages > MostPagesFlushedSingly || Volatile.Read(ref _largestShift) != PageShift)
            {
                FlushAll();
                return;
            }

            for (ulong i = 0; i < pages; i++)
                FlushPage((range.Start.Value & PageMask) + (i << PageShift));
        }
    }

    // Contiguous pages, and pages at the same place of larger pages, both spread over the table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexOf(ulong address)
    {
        uint page = (uint)(address >> PageShift);
        return (int)((page ^ (page >> IndexBits)) & (Count - 1));
    }

    private void FlushPage(ulong page)
    {
        ref Entry entry = ref _entries[IndexOf(page)];
        SpinWait spin = default;
        while (true)
        {
            long before = Volatile.Read(ref entry.Ticket);
            if (before != Locked && Interlocked.CompareExchange(ref entry.Ticket, Locked, before) == before)
            {
                bool isIt = (entry.Tag & PageMask) == page;
                Volatile.Write(ref entry.Ticket, isIt ? Empty : before);
                return;
            }

            spin.SpinOnce();
        }
    }

    private void RaiseLargestShift(int shift)
    {
        int before = Volatile.Read(ref _largestShift);
        while (shift > before)
        {
            int seen = Interlocked.CompareExchange(ref _largestShift, shift, before);
            if (seen == before)
                return;

            before = seen;
        }
    }

    private struct Entry
    {
        public long Ticket;
        public ulong Tag;
        public ulong Delta;
    }
}
