namespace Lodge.Memory;

/// <summary>A part of a space with fewer rights, perhaps at other addresses: what a component is handed so that it can reach what
/// it needs and nothing else.</summary>
/// <remarks>
/// <para>A view of a view is as quick as a view: it looks into the space at the bottom directly. It allows what all of them
/// allow, and is revoked with each of them.</para>
/// <para><see cref="Revoke"/> takes effect at once for every access that begins after it. An access that began earlier may still
/// be under way, and slices taken earlier can still be used; <see cref="WaitForReaders"/> waits for those who work inside a scope
/// (<c>using var scope = view.Enter();</c>). Thread-safe.</para>
/// </remarks>
public sealed class SpaceView : IAddressSpace, IAudited
{
    private readonly IAddressSpace _space;
    private readonly SpaceView? _parent;
    private readonly AccessAuditor? _auditor;
    private readonly ReaderScopes _readers = new();
    private readonly ulong _start;
    private readonly ulong _delta;
    private readonly MemoryAccess _rights;
    private readonly Lock _childrenLock = new();
    private List<WeakReference<SpaceView>>? _children;

    // 0 when revoked, so that the one check of a range is a check of that, too.
    private ulong _length;

    private SpaceView(
        IAddressSpace space, SpaceView? parent, GuestRange range, ulong delta, MemoryAccess rights, AccessAuditor? auditor)
    {
        _space = space;
        _parent = parent;
        _auditor = auditor;
        _start = range.Start.Value;
        _length = range.Length;
        _delta = delta;
        _rights = rights;
        Range = range;
    }

    /// <summary>The addresses that the view has, in its own numbers.</summary>
    public GuestRange Range { get; }

    /// <summary>What the view allows, if the space below does.</summary>
    public MemoryAccess Rights => _rights;

    AccessAuditor? IAudited.Auditor => _auditor;

    /// <summary>Whether the view, or one that it was made of, was revoked.</summary>
    public bool IsRevoked => Volatile.Read(ref _length) == 0;

    /// <summary>A view of part of a space.</summary>
    /// <param name="space">The space.</param>
    /// <param name="range">The part of it that can be reached. Not empty.</param>
    /// <param name="rights">What can be done there, if the space allows it, too.</param>
    /// <param name="newStart">The address that the part's first byte has in the view; by default the same as in the space. The
    /// two differ by a multiple of 8, so that what is aligned stays so.</param>
    /// <param name="audit">Who is told of accesses through the view that were denied; by default who is told of those through a
    /// view that this one is of, or nobody.</param>
    /// <param name="limits">How often they are told, at most.</param>
    /// <exception cref="ArgumentException">The range is empty, or would be moved past 2^64 or off its alignment.</exception>
    public static SpaceView Of(
        IAddressSpace space,
        GuestRange range,
        MemoryAccess rights,
        GuestAddress? newStart = null,
        IAccessAudit? audit = null,
        AuditLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (range.IsEmpty)
            throw new ArgumentException("A view has at least one byte.", nameof(range));

        GuestAddress start = newStart ?? range.Start;
        if (((start.Value ^ range.Start.Value) & 7) != 0)
            throw new ArgumentException($"A view's start {start} and {range.Start} differ by no multiple of 8.", nameof(newStart));

        if (!GuestRange.TryCreate(start, range.Length, out GuestRange moved))
            throw new ArgumentException($"0x{range.Length:x} bytes from {start} pass 2^64.", nameof(newStart));

        ulong delta = unchecked(range.Start.Value - start.Value);
        AccessAuditor? auditor = audit is null ? null : new AccessAuditor(audit, limits ?? AuditLimits.Default);
        return space is SpaceView parent
            ? parent.MakeChild(range, moved, delta, rights, auditor)
            : new SpaceView(space, null, moved, delta, rights, auditor);
    }

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        ulong offset = address.Value - _start;
        ulong viewLength = Volatile.Read(ref _length);
        if (length == 0)
        {
            slice = GuestSlice.Empty(access);
            fault = default;
            return true;
        }

        if (offset >= viewLength || (access & ~_rights) != 0)
        {
            slice = default;
            fault = Deny(address, length, access, offset < viewLength);
            return false;
        }

        if (_space.TryGetSlice(unchecked(address.Value + _delta), Math.Min(length, viewLength - offset), access, out slice, out fault))
            return true;

        // The fault is the space's; who sees the view knows only its addresses and what it asked for.
        fault = fault with { Address = address, Length = length };
        _auditor?.OnDenied(fault);
        return false;
    }

    /// <summary>Begins a stretch of work that <see cref="WaitForReaders"/> waits for. A thread may be in 16 scopes at a
    /// time.</summary>
    public ReaderScope Enter() => Root._readers.Enter();

    /// <summary>Takes the view back, and all that were made of it: from now on every access is denied.</summary>
    public void Revoke()
    {
        Volatile.Write(ref _length, 0);
        lock (_childrenLock)
        {
            foreach (WeakReference<SpaceView> child in _children ?? [])
            {
                if (child.TryGetTarget(out SpaceView? view))
                    view.Revoke();
            }
        }
    }

    /// <summary>Waits until every scope that began before this call has ended, on this view and on all that come from the same
    /// first view. After <see cref="Revoke"/>, nobody in a scope uses the memory through the view any more.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    /// <exception cref="InvalidOperationException">The calling thread is in such a scope itself.</exception>
    public bool WaitForReaders(TimeSpan timeout) => Root._readers.WaitForReaders(timeout);

    /// <summary>The range, the rights, and where in the space below it is.</summary>
    public override string ToString()
        => $"{Range} {_rights} of {_space.GetType().Name} at 0x{unchecked(_start + _delta):x}{(IsRevoked ? " (revoked)" : "")}";

    private SpaceView Root => _parent is null ? this : _parent.Root;

    private SpaceView MakeChild(GuestRange range, GuestRange moved, ulong delta, MemoryAccess rights, AccessAuditor? auditor)
    {
        if (!Range.Contains(range))
            throw new ArgumentException($"{range} does not lie in the view {Range}.", nameof(range));

        var child = new SpaceView(_space, this, moved, unchecked(delta + _delta), rights & _rights, auditor ?? _auditor);
        lock (_childrenLock)
        {
            _children ??= [];
            _children.RemoveAll(static view => !view.TryGetTarget(out _));
            _children.Add(new WeakReference<SpaceView>(child));
        }

        // A revocation that came before the child was on the list did not see it.
        if (IsRevoked)
            child.Revoke();

        return child;
    }

    private AccessFault Deny(GuestAddress address, ulong length, MemoryAccess access, bool isInRange)
    {
        FaultKind kind = IsRevoked ? FaultKind.Revoked : isInRange ? FaultKind.Permission : FaultKind.Unmapped;
        var fault = new AccessFault(kind, address, length, access, kind == FaultKind.Permission ? _rights : MemoryAccess.None);
        DeniedAccesses.Report(_auditor, fault);
        return fault;
    }
}
