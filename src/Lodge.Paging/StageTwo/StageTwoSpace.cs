namespace Lodge.Paging;

/// <summary>A guest's physical memory, made of second-stage page tables: areas that lead to memory which is there, and areas
/// whose memory comes from an allocator at once or page by page.</summary>
/// <remarks>
/// <para>The tables are what a processor walks (EPT, AArch64 stage 2, RISC-V's x4 forms; any format will do), and what the host's
/// own accesses go through: an access by the host to a page of a lazy area that is not there yet brings it, like a guest's
/// fault.</para>
/// <para>All calls are thread-safe; changes take turns. Memory is given back when TLBs have forgotten it and every
/// <see cref="Enter"/> scope that began before has ended; so changes wait for scopes of other threads, and are refused in one of
/// the calling thread's own.</para>
/// </remarks>
public sealed partial class StageTwoSpace : IAddressSpace, IDisposable
{
    private readonly IAddressSpace _host;
    private readonly FrameQuarantine _frames;
    private readonly PageTableEditor _editor;
    private readonly PagedMemory _memory;
    private readonly AreaMap _areas = new();
    private readonly Lock _lock = new();
    private readonly ulong _pageBytes;
    private bool _isDisposed;

    /// <summary>An empty space.</summary>
    /// <param name="host">What addresses lead to, and where the tables lie: usually the host's memory for guests.</param>
    /// <param name="format">The format of the tables.</param>
    /// <param name="frames">Who hands out memory of <paramref name="host"/>, for tables and for allocated areas.</param>
    /// <param name="options">Page sizes, and who remembers translations besides this space.</param>
    /// <exception cref="PageTableException">There is no memory for the root table.</exception>
    public StageTwoSpace(
        IAddressSpace host, PageTableFormat format, IFrameAllocator frames, PageTableEditorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(frames);
        options ??= PageTableEditorOptions.Default;
        _host = host;
        _frames = new FrameQuarantine(frames);
        _pageBytes = format.PageSize.Bytes;

        // The space's own TLB comes after the tables that it is of.
        var ownTlb = new TlbReference();
        _editor = new PageTableEditor(host, format, _frames, options with { Tlbs = [.. options.Tlbs, ownTlb] });
        _memory = new PagedMemory(host, TranslationRegime.Of(_editor.Table));
        ownTlb.Tlb = _memory;
        Owner = new OwnerView(this);
    }

    /// <summary>The tables, for who walks them.</summary>
    public PageTable Table => _editor.Table;

    /// <summary>The space as its owner sees it: what the guest may not write can be written. For loading images and
    /// firmware.</summary>
    public IAddressSpace Owner { get; }

    /// <summary>The areas as they are now, in ascending order.</summary>
    public IReadOnlyList<SpaceArea> Areas
    {
        get
        {
            lock (_lock)
                return [.. _areas.Areas];
        }
    }

    /// <summary>Begins a stretch of work during which memory that was found stays the guest's. A thread may be in 16 scopes at a
    /// time.</summary>
    public ReaderScope Enter() => _memory.Enter();

    /// <summary>Waits until every scope that began before this call has ended.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    public bool WaitForReaders(TimeSpan timeout) => _memory.WaitForReaders(timeout);

    /// <summary>Maps a range to memory that is there, with the largest pages that fit.</summary>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="target">Where the first leads in the host's space; above or below.</param>
    /// <param name="access">What the guest may do.</param>
    /// <exception cref="ArgumentException">The range overlaps an area, is not made of pages, or cannot be mapped so.</exception>
    /// <exception cref="PageTableException">There is no memory for the tables; nothing was mapped.</exception>
    public void MapLinear(GuestRange range, GuestAddress target, MemoryAccess access)
        => MapLinear(range, target, AttributesFor(access));

    /// <inheritdoc cref="MapLinear(GuestRange, GuestAddress, MemoryAccess)"/>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="target">Where the first leads in the host's space; above or below.</param>
    /// <param name="attributes">What the guest may do, and how the memory may be cached.</param>
    public void MapLinear(GuestRange range, GuestAddress target, PageAttributes attributes)
    {
        Change(() =>
        {
            RequireFree(range);
            _editor.Map(range, target, attributes);
            _areas.Add(new SpaceArea(range, SpaceAreaKind.Linear, target, attributes));
        });
    }

    /// <summary>Maps a range to memory of its own, filled with zeros.</summary>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="access">What the guest may do.</param>
    /// <param name="isLazy">Whether the memory comes page by page when it is first used, and not at once.</param>
    /// <exception cref="ArgumentException">The range overlaps an area, is not made of pages, or cannot be mapped so.</exception>
    /// <exception cref="PageTableException">There is not enough memory; nothing was mapped.</exception>
    public void MapAllocated(GuestRange range, MemoryAccess access, bool isLazy = true)
        => MapAllocated(range, AttributesFor(access), isLazy);

    /// <inheritdoc cref="MapAllocated(GuestRange, MemoryAccess, bool)"/>
    /// <param name="range">The guest-physical addresses.</param>
    /// <param name="attributes">What the guest may do, and how the memory may be cached.</param>
    /// <param name="isLazy">Whether the memory comes page by page when it is first used, and not at once.</param>
    public void MapAllocated(GuestRange range, PageAttributes attributes, bool isLazy = true)
    {
        Change(() =>
        {
            RequireFree(range);
            if (isLazy)
                _editor.RequireMappable(range, attributes);
            else
                _editor.MapNew(range, _frames, attributes);

            _areas.Add(new SpaceArea(range, isLazy ? SpaceAreaKind.Lazy : SpaceAreaKind.Eager, default, attributes));
        });
    }

    /// <summary>Takes a range out of the space; areas that lie in it in part are split. Memory from the allocator goes back to
    /// it.</summary>
    /// <param name="range">The guest-physical addresses. What is no area is passed over.</param>
    /// <exception cref="ArgumentException">The range is not made of pages.</exception>
    /// <exception cref="PageTableException">There is no memory for the tables that split pages need; nothing was
    /// unmapped.</exception>
    /// <exception cref="InvalidOperationException">The calling thread is in a scope of this space.</exception>
    public void Unmap(GuestRange range)
    {
        Change(() =>
        {
            RequireUsable();
            _editor.Split(range);
            foreach (SpaceArea part in _areas.PartsIn(range))
            {
                _editor.Unmap(part.Range, part.Kind == SpaceAreaKind.Linear ? null : _frames);
                _areas.Cut(part.Range);
            }
        });
    }

    /// <summary>Changes what the guest may do with a range; areas that lie in it in part are split.</summary>
    /// <param name="range">The guest-physical addresses. What is no area is passed over.</param>
    /// <param name="access">What the guest may do from now on.</param>
    /// <exception cref="ArgumentException">The range is not made of pages, or the format has no such pages.</exception>
    /// <exception cref="PageTableException">There is no memory for the tables that split pages need; nothing was
    /// changed.</exception>
    /// <exception cref="InvalidOperationException">The calling thread is in a scope of this space.</exception>
    public void Protect(GuestRange range, MemoryAccess access)
    {
        PageRights rights = _editor.Table.Format.RightsFor(access);
        Change(() =>
        {
            RequireUsable();
            SpaceArea[] changed =
            [
                .. _areas.PartsIn(range).Select(part => part with { Attributes = part.Attributes with { Rights = rights } }),
            ];
            foreach (SpaceArea part in changed)
                _editor.RequireMappable(part.Range, part.Attributes);

            _editor.Split(range);
            foreach (SpaceArea part in changed)
            {
                _editor.Protect(part.Range, part.Attributes);
                _areas.Cut(part.Range);
                _areas.Add(part);
            }
        });
    }

    /// <summary>The area that an address lies in.</summary>
    public bool TryFindArea(GuestAddress address, out SpaceArea area)
    {
        lock (_lock)
            return _areas.TryFind(address, out area);
    }

    /// <summary>Handles a fault of the guest: brings the page, if it is one of a lazy area that is not there yet.</summary>
    /// <param name="address">The guest-physical address.</param>
    /// <param name="access">What the guest wanted.</param>
    /// <param name="fault">What to tell it: nothing is mapped there, the area does not allow this, or there is no memory
    /// left.</param>
    /// <returns>Whether the access can be tried again. A page that is there keeps its data, however often it faults.</returns>
    public bool TryHandleFault(GuestAddress address, MemoryAccess access, out AccessFault fault)
    {
        lock (_lock)
        {
            if (!_areas.TryFind(address, out SpaceArea area))
            {
                fault = new AccessFault(FaultKind.Unmapped, address, 1, access);
                return false;
            }

            MemoryAccess allowed = area.Attributes.Rights.Supervisor | area.Attributes.Rights.User;
            if ((access & ~allowed) != 0)
            {
                fault = new AccessFault(FaultKind.Permission, address, 1, access, allowed);
                return false;
            }

            fault = default;
            var page = new GuestRange(address.AlignDown(_pageBytes), _pageBytes);
            if (_editor.TryQuery(address, out _)
                || (area.Kind == SpaceAreaKind.Lazy && _editor.TryMapNew(page, _frames, area.Attributes, out _)))
            {
                return true;
            }

            fault = new AccessFault(FaultKind.NotPresent, address, 1, access, level: 1);
            return false;
        }
    }

    /// <summary>Gives all memory back: that of allocated areas, and of the tables. Accesses are faults afterwards.</summary>
    /// <exception cref="InvalidOperationException">The calling thread is in a scope of this space.</exception>
    public void Dispose()
    {
        Change(() =>
        {
            if (_isDisposed)
                return;

            foreach (SpaceArea area in _areas.Areas)
            {
                if (area.Kind != SpaceAreaKind.Linear)
                    _editor.Unmap(area.Range, _frames);
            }

            // Nobody walks a root that somebody else may have by now.
            _isDisposed = true;
            _areas.Clear();
            _memory.Switch(TranslationRegime.Nothing);
            _editor.Release();
        });
    }

    private PageAttributes AttributesFor(MemoryAccess access)
        => _editor.Table.Format.OrdinaryPage(_editor.Table.Format.RightsFor(access));

    private void RequireUsable() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    private void RequireFree(GuestRange range)
    {
        RequireUsable();
        if (!range.IsEmpty && _areas.TryFindOverlap(range, out SpaceArea area))
            throw new ArgumentException($"{range} overlaps the area {area.Range}.", nameof(range));
    }

    /// <summary>Makes a change, and passes on the memory that it set free.</summary>
    private void Change(Action change)
    {
        // Asked before anything changes: later, what was set free could not be passed on.
        _memory.WaitForReaders(TimeSpan.Zero);
        try
        {
            lock (_lock)
                change();
        }
        finally
        {
            // Outside of the lock, because who is waited for may need it to bring a page.
            _frames.PassOn(() => _memory.WaitForReaders(Timeout.InfiniteTimeSpan));
        }
    }

    private sealed class TlbReference : ITlb
    {
        public PagedMemory? Tlb { get; set; }

        public void Flush(GuestRange range) => Tlb?.Flush(range);

        public void FlushAll() => Tlb?.FlushAll();
    }
}
