using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Guest memory as a device behind an IOMMU sees it: I/O-virtual addresses, translated by an <see cref="Iotlb"/>, with
/// misses asked of an <see cref="IIommu"/>.</summary>
/// <remarks>
/// <para>Translations come and go while devices work. A slice that was taken before an invalidation stays usable: so devices work
/// inside a scope (<c>using var scope = memory.Enter();</c>), and who invalidates calls <see cref="WaitForReaders"/> before it
/// tells the guest that it is done. Thread-safe; lookups take no lock.</para>
/// <para>Faults name I/O-virtual addresses, also where a mapping leads to an address at which there is nothing.</para>
/// <para>An operation on a long range asks for each mapping that is not known, one after the other, and a peer can answer page by
/// page: bound the lengths that a guest may choose.</para>
/// </remarks>
public sealed partial class IommuMemory : IAddressSpace, IAudited
{
    // A peer whose answers are overtaken by its own invalidations, or do not hold the address, is asked no more than this.
    private const int MostAttempts = 4;

    private readonly IAddressSpace _physical;

    // The usual kind of physical space, for calls that need no interface.
    private readonly GuestMemory? _memory;
    private readonly IIommu? _iommu;
    private readonly AccessAuditor? _auditor;
    private readonly ReaderScopes _readers = new();

    /// <summary>A device's view of memory.</summary>
    /// <param name="physical">What mappings lead to.</param>
    /// <param name="iotlb">The translations that are known; may be shared by several devices.</param>
    /// <param name="iommu">Who is asked for those that are not; nobody by default, so that they are faults.</param>
    /// <param name="audit">Who is told of denied accesses.</param>
    /// <param name="limits">How often they are told, at most.</param>
    public IommuMemory(
        IAddressSpace physical, Iotlb iotlb, IIommu? iommu = null, IAccessAudit? audit = null, AuditLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(physical);
        ArgumentNullException.ThrowIfNull(iotlb);
        _physical = physical;
        _memory = physical as GuestMemory;
        _iommu = iommu;
        Iotlb = iotlb;
        _auditor = audit is null ? null : new AccessAuditor(audit, limits ?? AuditLimits.Default);
    }

    AccessAuditor? IAudited.Auditor => _auditor;

    /// <summary>The translations that are known.</summary>
    public Iotlb Iotlb { get; }

    /// <summary>Begins a stretch of work that <see cref="WaitForReaders"/> waits for. A thread may be in 16 scopes at a
    /// time.</summary>
    public ReaderScope Enter() => _readers.Enter();

    /// <summary>Waits until every scope that began before this call has ended. After an invalidation, nobody in a scope uses
    /// what was invalidated any more.</summary>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether they have ended in time.</returns>
    /// <exception cref="InvalidOperationException">The calling thread is in such a scope itself.</exception>
    public bool WaitForReaders(TimeSpan timeout) => _readers.WaitForReaders(timeout);

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        Iotlb.Entry? entry = Iotlb.Find(address.Value, out ulong available);
        if (entry is not null && (access & ~entry.Rights) == 0 && length != 0)
            return TryGetTarget(address, length, Math.Min(length, available), entry.Delta, access, out slice, out fault);

        return TryGetSliceSlow(address, length, access, out slice, out fault);
    }

    /// <summary>Translates a range as a whole, or not at all.</summary>
    /// <param name="range">The I/O-virtual addresses.</param>
    /// <param name="access">What will be done there.</param>
    /// <param name="targets">Receives the ranges that they lead to, in order.</param>
    /// <param name="count">How many ranges there are. If it is more than fit, none are translated and this is how many are
    /// needed.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.None"/> where the ranges do not fit.</param>
    /// <returns>Whether all of the range was translated.</returns>
    public bool TryTranslate(
        GuestRange range, MemoryAccess access, Span<GuestRange> targets, out int count, out AccessFault fault)
    {
        count = 0;
        fault = default;
        GuestRange last = default;
        for (ulong done = 0; done < range.Length;)
        {
            GuestAddress address = range.Start + done;
            if (!TryFindEntry(address, range.Length - done, access, out ulong delta, out ulong available, out fault))
            {
                count = 0;
                return false;
            }

            ulong length = Math.Min(available, range.Length - done);
            var target = new GuestRange(unchecked(address.Value + delta), length);
            if (count > 0 && last.Last.Value != ulong.MaxValue && last.Last + 1 == target.Start)
                target = new GuestRange(last.Start, last.Length + length);
            else
                count++;

            last = target;
            if (count <= targets.Length)
                targets[count - 1] = target;

            done += length;
        }

        return count <= targets.Length;
    }

    // Neighbouring mappings that lead to neighbouring addresses are one slice.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGetSliceSlow(
        GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        slice = GuestSlice.Empty(access);
        if (length == 0)
        {
            fault = default;
            return true;
        }

        return TryFindEntry(address, length, access, out ulong delta, out ulong available, out fault)
            && TryGetTarget(address, length, Math.Min(length, available), delta, access, out slice, out fault);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGetTarget(
        GuestAddress address, ulong length, ulong found, ulong delta, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        if (found < length)
            found = Extend(address, length, found, delta, access);

        GuestAddress target = unchecked(address.Value + delta);
        bool isThere = _memory is not null
            ? _memory.TryGetSlice(target, found, access, out slice, out fault)
            : _physical.TryGetSlice(target, found, access, out slice, out fault);
        if (isThere)
            return true;

        // The guest knows the address that it used, and not the one that the mapping led to.
        fault = fault with { Address = address, Length = length };
        _auditor?.OnDenied(fault);
        return false;
    }

    /// <summary>How far the same translation goes on through further mappings that are known.</summary>
    private ulong Extend(GuestAddress address, ulong length, ulong found, ulong delta, MemoryAccess access)
    {
        while (found < length && address.TryAdd(found, out GuestAddress next))
        {
            Iotlb.Entry? entry = Iotlb.Find(next.Value, out ulong more);
            if (entry is null || entry.Delta != delta || (access & ~entry.Rights) != 0)
                break;

            found += Math.Min(more, length - found);
        }

        return found;
    }

    /// <summary>Finds the translation of an address: in the cache, or by asking for it and looking again.</summary>
    private bool TryFindEntry(
        GuestAddress address, ulong length, MemoryAccess access, out ulong delta, out ulong available, out AccessFault fault)
    {
        FaultKind kind = FaultKind.NotPresent;
        MemoryAccess allowed = MemoryAccess.None;
        for (int attempt = 0; attempt <= MostAttempts; attempt++)
        {
            long stamp = Iotlb.InvalidationStamp;
            Iotlb.Entry? entry = Iotlb.Find(address.Value, out available);
            if (entry is not null)
            {
                allowed = entry.Rights;
                kind = FaultKind.Permission;
                if ((access & ~allowed) == 0)
                {
                    delta = entry.Delta;
                    fault = default;
                    return true;
                }
            }
            else
            {
                kind = FaultKind.NotPresent;
            }

            if (_iommu is null || attempt == MostAttempts || !_iommu.TryTranslate(address, access, out IommuMapping mapping))
                break;

            // An answer that is refused because something was invalidated meanwhile is asked for again.
            Iotlb.TryMap(mapping, stamp);
        }

        delta = 0;
        available = 0;
        fault = new AccessFault(
            kind, address, length, access, kind == FaultKind.Permission ? allowed : MemoryAccess.None);
        DeniedAccesses.Report(_auditor, fault);
        return false;
    }
}
