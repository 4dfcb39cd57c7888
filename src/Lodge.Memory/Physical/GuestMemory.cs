using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lodge.Memory;

/// <summary>A guest's physical memory: an immutable map of regions that do not overlap.</summary>
/// <remarks>
/// <para>Regions may touch, and one may end exactly at 2^64. <see cref="With"/> and <see cref="Without"/> make new maps over the
/// same regions; <see cref="LiveGuestMemory"/> swaps one under its readers. The reads and writes here are the same as those of
/// every <see cref="IAddressSpace"/>, on a faster way.</para>
/// <para>Thread-safe. The guest may change its memory at any time: aligned reads and writes of 1, 2, 4 and 8 bytes are single
/// accesses, longer ones promise no order. After a region is disposed of, the map reads zeros there.</para>
/// </remarks>
public sealed unsafe partial class GuestMemory : IAddressSpace, IAudited, IDisposable
{
    private readonly RegionIndex _index;
    private readonly MemoryRegion[] _regions;
    private readonly AccessAuditor? _auditor;

    // Of the index, here for the fast way, which counts its loads: pointers to the index's pinned tables.
    private readonly nint* _readable;
    private readonly nint* _writable;
    private readonly int* _regionOfGranule;
    private readonly DirtyTarget* _dirtyTargets;
    private readonly RegionEntry[] _entries;
    private readonly ulong _windowStart;
    private readonly ulong _granules;
    private readonly int _shift;

    private GuestMemory(MemoryRegion[] sortedRegions, AccessAuditor? auditor)
    {
        _regions = sortedRegions;
        _auditor = auditor;
        _index = new RegionIndex(sortedRegions);
        _readable = First(_index.Readable);
        _writable = First(_index.Writable);
        _regionOfGranule = First(_index.RegionOfGranule);
        _dirtyTargets = First(_index.DirtyTargets);
        _entries = _index.Entries;
        _windowStart = _index.WindowStart;
        _granules = (ulong)_index.Readable.Length;
        _shift = _index.Shift;
        Regions = ImmutableCollectionsMarshal.AsImmutableArray(sortedRegions);
    }

    /// <summary>A map without regions.</summary>
    public static GuestMemory Empty { get; } = new([], null);

    /// <summary>The regions in ascending order.</summary>
    public ImmutableArray<MemoryRegion> Regions { get; }

    /// <summary>The sum of the regions' sizes in bytes.</summary>
    public UInt128 Size
    {
        get
        {
            UInt128 sum = 0;
            foreach (MemoryRegion region in _regions)
                sum += region.Size;

            return sum;
        }
    }

    internal RegionIndex Index => _index;

    AccessAuditor? IAudited.Auditor => _auditor;

    /// <summary>A map of the given regions, in any order.</summary>
    /// <exception cref="ArgumentException">Two regions overlap.</exception>
    /// <exception cref="ObjectDisposedException">A region was disposed of.</exception>
    public static GuestMemory Create(params ReadOnlySpan<MemoryRegion> regions) => FromUnsorted(regions.ToArray(), null);

    /// <summary>A map of one region of fresh RAM that starts at address 0: all that a small guest needs.</summary>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static GuestMemory Anonymous(ulong size, RegionOptions? options = null)
        => Create(MemoryRegion.Anonymous(0, size, options));

    /// <summary>This map and one region more.</summary>
    /// <exception cref="ArgumentException">The region overlaps one of the map.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public GuestMemory With(MemoryRegion region) => FromUnsorted([.. _regions, region], _auditor);

    /// <summary>This map without the regions that lie in a range.</summary>
    /// <exception cref="ArgumentException">A region lies in the range only in part: a region comes and goes as a
    /// whole.</exception>
    public GuestMemory Without(GuestRange range)
    {
        var kept = new List<MemoryRegion>(_regions.Length);
        foreach (MemoryRegion region in _regions)
        {
            if (!region.Range.Overlaps(range))
                kept.Add(region);
            else if (!range.Contains(region.Range))
                throw new ArgumentException($"The region {region} lies in {range} only in part.", nameof(range));
        }

        return new GuestMemory([.. kept], _auditor);
    }

    /// <summary>This map, which reports denied accesses to <paramref name="audit"/> from now on.</summary>
    /// <param name="audit">Who is told.</param>
    /// <param name="limits">How often, at most.</param>
    public GuestMemory WithAudit(IAccessAudit audit, AuditLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(audit);
        return new GuestMemory(_regions, new AccessAuditor(audit, limits ?? AuditLimits.Default));
    }

    /// <summary>The region that an address lies in.</summary>
    public bool TryFindRegion(GuestAddress address, [NotNullWhen(true)] out MemoryRegion? region)
    {
        int number = _index.Find(address.Value);
        region = number >= 0 ? _regions[number] : null;
        return number >= 0;
    }

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        FaultKind kind = FindSlice(address.Value, length, access, out slice, out int number);
        if (kind == FaultKind.None)
        {
            fault = default;
            return true;
        }

        return Deny(kind, address, length, access, number, out fault);
    }

    /// <summary>The slices that a range is made of. See <see cref="GuestSlices"/>.</summary>
    /// <param name="start">The first address.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="access">What the slices are for.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GuestSlices GetSlices(GuestAddress start, ulong length, MemoryAccess access) => new(this, start, length, access);

    /// <summary>Whether every byte of a range is there and allows an access. Asking is no denied access.</summary>
    /// <param name="range">The range. One without bytes is accessible.</param>
    /// <param name="access">What would be done.</param>
    public bool IsAccessible(GuestRange range, MemoryAccess access)
    {
        ulong done = 0;
        while (done < range.Length)
        {
            if (FindSlice(range.Start.Value + done, range.Length - done, access, out GuestSlice slice, out _) != FaultKind.None)
                return false;

            done += slice.Length;
        }

        return true;
    }

    /// <summary>Disposes of all regions of the map, whichever maps they are in besides.</summary>
    public void Dispose()
    {
        foreach (MemoryRegion region in _regions)
            region.Dispose();
    }

    /// <summary>The regions, one a line.</summary>
    public override string ToString() => _regions.Length == 0 ? "(empty)" : string.Join(Environment.NewLine, (object[])_regions);

    /// <summary>The number of the region that starts at an address, given that of the region that ends there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGetNext(int number, ulong address, out int next)
    {
        next = number + 1;
        return (uint)next < (uint)_regions.Length && _entries[next].Start == address;
    }

    /// <summary>A slice of a region from an address inside of it on, if the region allows the access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGetSliceOf(int number, ulong address, ulong length, MemoryAccess access, out GuestSlice slice)
    {
        ref readonly RegionEntry entry = ref _entries[number];
        if ((access & ~entry.Permissions) != 0)
        {
            slice = default;
            return false;
        }

        // In bounds: the address lies in the region, and the length is cut at the region's end. The slice keeps the region.
        ulong available = entry.Size - (address - entry.Start);
        slice = new GuestSlice((byte*)(entry.Delta + (nint)address), Math.Min(length, available), _regions[number], access);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal FaultKind FindSlice(ulong address, ulong length, MemoryAccess access, out GuestSlice slice, out int number)
    {
        number = _index.Find(address);
        if (length == 0)
        {
            slice = GuestSlice.Empty(access);
            return FaultKind.None;
        }

        if (number < 0)
        {
            slice = default;
            return FaultKind.Unmapped;
        }

        return TryGetSliceOf(number, address, length, access, out slice) ? FaultKind.None : FaultKind.Permission;
    }

    /// <summary>Makes the fault of a denied access in its place, and reports it. Returns false, as the caller does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Deny(
        FaultKind kind, GuestAddress address, ulong length, MemoryAccess access, int number, out AccessFault fault)
    {
        MemoryAccess allowed = kind == FaultKind.Permission ? _entries[number].Permissions : MemoryAccess.None;
        fault = new AccessFault(kind, address, length, access, allowed);
        DeniedAccesses.Report(_auditor, fault);
        return false;
    }

    [DoesNotReturn]
    private static void Throw(in AccessFault fault) => throw new GuestMemoryException(fault);

    private static T* First<T>(T[] pinned) where T : unmanaged
        => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static GuestMemory FromUnsorted(MemoryRegion[] regions, AccessAuditor? auditor)
    {
        foreach (MemoryRegion region in regions)
            ArgumentNullException.ThrowIfNull(region, nameof(regions));

        Array.Sort(regions, static (left, right) => left.Start.CompareTo(right.Start));
        for (int i = 0; i < regions.Length; i++)
        {
            ObjectDisposedException.ThrowIf(regions[i].IsDisposed, regions[i]);
            if (i > 0 && regions[i].Range.Overlaps(regions[i - 1].Range))
                throw new ArgumentException($"The regions {regions[i - 1]} and {regions[i]} overlap.", nameof(regions));
        }

        return new GuestMemory(regions, auditor);
    }
}
