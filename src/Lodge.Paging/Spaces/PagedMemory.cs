namespace Lodge.Paging;

/// <summary>Virtual memory: an address space that page tables define over another one.</summary>
/// <remarks>
/// <para>The space below may be any: physical memory, a dump, or another <see cref="PagedMemory"/>. Two of them stacked are
/// nested paging: the guest's tables are then read through the second stage too.</para>
/// <para>Translations are kept in a small TLB of 1,024 entries. Like a processor, it knows nothing of changes to the tables until
/// it is told: <see cref="Flush(GuestRange)"/>, <see cref="FlushAll"/>, <see cref="Switch"/>. A slice that was taken before a
/// flush stays usable: who takes memory away works with <see cref="Enter"/> and <see cref="WaitForReaders"/>.</para>
/// <para>Faults name virtual addresses, also where the tables lead to an address at which there is nothing;
/// <see cref="TryTranslate"/> tells that address. Thread-safe; allocates nothing.</para>
/// </remarks>
public sealed partial class PagedMemory : IAddressSpace, ITlb
{
    // How many pages a slice may be put together from. A range can be as long as a guest likes, and each page costs a walk.
    private const int MostPagesInSlice = 512;

    // No format has smaller ones.
    private const ulong SmallestPage = 4096;

    private readonly IAddressSpace _physical;

    // The usual kind of space, for calls that need no interface.
    private readonly GuestMemory? _memory;
    private readonly TranslationCache _cache = new();
    private readonly ReaderScopes _readers = new();
    private readonly PageWalkerOptions _walkerOptions;
    private PageWalker _walker;

    /// <summary>The memory that a regime's tables define.</summary>
    /// <param name="physical">What the tables lead to, and where they lie themselves.</param>
    /// <param name="regime">The tables and rules.</param>
    /// <param name="options">Whose rights count, and what is done with accessed and dirty bits.</param>
    public PagedMemory(IAddressSpace physical, TranslationRegime regime, PagedMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(physical);
        options ??= PagedMemoryOptions.Default;
        _physical = physical;
        _memory = physical as GuestMemory;
        _walkerOptions = new PageWalkerOptions { AccessedDirty = options.AccessedDirty };
        _walker = new PageWalker(physical, regime, _walkerOptions);
        Privilege = options.Privilege;
    }

    /// <summary>Whose rights count.</summary>
    public Privilege Privilege { get; }

    /// <summary>The walker over the tables as they are used now, for failures and traces.</summary>
    public PageWalker Walker => Volatile.Read(ref _walker);

    /// <summary>Goes on with other tables, as a processor does when its root register is written. Forgets all
    /// translations.</summary>
    /// <param name="regime">The tables and rules.</param>
    public void Switch(TranslationRegime regime)
    {
        Volatile.Write(ref _walker, new PageWalker(_physical, regime, _walkerOptions));
        _cache.FlushAll();
    }

    /// <summary>Forgets the translation of the page that an address lies in.</summary>
    public void Flush(GuestAddress address) => Flush(new GuestRange(address, 1));

    /// <inheritdoc/>
    public void Flush(GuestRange range)
    {
        // With ignored bits an address has many names, and each may have an entry.
        TranslationRegime regime = Walker.Regime;
        if (regime.Lower is { Format.IgnoredTopBits: not 0 } || regime.Upper is { Format.IgnoredTopBits: not 0 })
            _cache.FlushAll();
        else
            _cache.Flush(range);
    }

    /// <inheritdoc/>
    public void FlushAll() => _cache.FlushAll();

    /// <summary>Begins a stretch of work that <see cref="WaitForReaders"/> waits for. A thread may be in 16 scopes at a
    /// time.</summary>
    public ReaderScope Enter() => _readers.Enter();

    /// <summary>Waits until every scope that began before this call has ended. After a flush, nobody in a scope uses what was
    /// flushed any more.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    public bool WaitForReaders(TimeSpan timeout) => _readers.WaitForReaders(timeout);

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if (length == 0)
        {
            slice = default;
            fault = default;
            return true;
        }

        if (!TryFind(address, length, access, out ulong delta, out ulong available, out fault))
        {
            slice = default;
            return false;
        }

        ulong found = Math.Min(length, available);
        if (found < length)
            found = Extend(address, length, found, delta, access);

        GuestAddress target = unchecked(address.Value + delta);
        bool isThere = _memory is not null
            ? _memory.TryGetSlice(target, found, access, out slice, out fault)
            : _physical.TryGetSlice(target, found, access, out slice, out fault);
        if (!isThere)
            fault = fault with { Address = address, Length = length };

        return isThere;
    }

    /// <summary>Where an address leads in the space below, and how far addresses go on without a gap there.</summary>
    /// <param name="address">The address.</param>
    /// <param name="length">How many bytes are of interest.</param>
    /// <param name="access">What will be done there.</param>
    /// <param name="target">The address in the space below. Whether there is memory is not asked.</param>
    /// <param name="contiguous">How many bytes lead on from there without a gap, at most <paramref name="length"/>, and no more
    /// than 512 pages have.</param>
    /// <param name="fault">Why it leads nowhere, or the access is not allowed.</param>
    public bool TryTranslate(
        GuestAddress address,
        ulong length,
        MemoryAccess access,
        out GuestAddress target,
        out ulong contiguous,
        out AccessFault fault)
    {
        if (!TryFind(address, length, access, out ulong delta, out ulong available, out fault))
        {
            target = default;
            contiguous = 0;
            return false;
        }

        target = unchecked(address.Value + delta);
        contiguous = Math.Min(length, available);
        if (contiguous < length)
            contiguous = Extend(address, length, contiguous, delta, access);

        return true;
    }

    /// <summary>How far the same distance leads on through further pages.</summary>
    private ulong Extend(GuestAddress address, ulong length, ulong found, ulong delta, MemoryAccess access)
    {
        for (int pages = 1; pages < MostPagesInSlice && found < length && address.TryAdd(found, out GuestAddress next); pages++)
        {
            if (!TryFind(next, length - found, access, out ulong nextDelta, out ulong more, out _) || nextDelta != delta)
                break;

            found += Math.Min(more, length - found);
        }

        return found;
    }

    private bool TryFind(
        GuestAddress address, ulong length, MemoryAccess access, out ulong delta, out ulong available, out AccessFault fault)
    {
        delta = 0;
        available = 0;
        if (access != MemoryAccess.None && _cache.TryFind(address.Value, access, out delta, out available))
        {
            fault = default;
            return true;
        }

        // What an entry denies the tables may allow by now, or once a dirty bit was set: only a walk denies.
        long stamp = _cache.Stamp;
        PageWalker walker = Walker;
        if (!walker.TryTranslate(address, access, Privilege, out PageTranslation translation, out PageWalkFailure failure))
        {
            fault = failure.ToFault(length, Privilege);
            return false;
        }

        _cache.Fill(stamp, address.Value, translation, walker.AllowedWithoutWalk(address, translation, Privilege));
        delta = unchecked(translation.Address.Value - address.Value);
        available = translation.BytesInPage;
        fault = default;
        return true;
    }
}
