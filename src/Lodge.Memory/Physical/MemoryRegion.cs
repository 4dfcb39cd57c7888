using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>A run of guest-physical addresses and the host memory behind it: RAM, ROM, a file, memory shared with
/// somebody.</summary>
/// <remarks>
/// <para>Immutable, but for disposal. What a guest may do with it is checked in software on every access, so a write to ROM is
/// a <see cref="FaultKind.Permission"/> fault and never a signal; the owner writes there through
/// <see cref="GetHostSlice"/>.</para>
/// <para>An address and its place in the host agree in their lowest bits (all below the page size where Lodge maps the memory,
/// the lowest three where it is borrowed), so what is aligned in the guest is aligned in the host.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed unsafe partial class MemoryRegion : IDisposable
{
    private readonly Backing _backing;
    private readonly DirtyBitmap? _dirty;
    private readonly ulong _dirtyOffset;

    private MemoryRegion(GuestRange range, Backing backing, RegionOptions options)
    {
        _backing = backing;
        Range = range;
        Permissions = options.Permissions;
        Label = options.Label;
        Base = backing.Mapping.Base + backing.Offset;
        _dirty = options.Dirty;
        _dirtyOffset = options.DirtyOffset;
        if (_dirty is not null)
            CheckDirty(_dirty, range, _dirtyOffset);
    }

    /// <summary>The addresses. Never empty.</summary>
    public GuestRange Range { get; }

    /// <summary>The first address.</summary>
    public GuestAddress Start => Range.Start;

    /// <summary>The size in bytes.</summary>
    public ulong Size => Range.Length;

    /// <summary>What a guest may do.</summary>
    public MemoryAccess Permissions { get; }

    /// <summary>A name for people, or nothing.</summary>
    public string? Label { get; }

    /// <summary>The bitmap in which writes are marked, or nothing.</summary>
    public DirtyBitmap? Dirty => _dirty;

    /// <summary>Where in <see cref="Dirty"/> the region's first byte is, in bytes.</summary>
    public ulong DirtyOffset => _dirtyOffset;

    /// <summary>The host memory behind the region. Of a region from an arena or a layout it is only a part: who hands it to
    /// something that the garbage collector cannot see holds the region too, until that thing has let go.</summary>
    public HostMapping Mapping => _backing.Mapping;

    /// <summary>Where in <see cref="Mapping"/> the region's first byte is, in bytes.</summary>
    public ulong MappingOffset => _backing.Offset;

    /// <summary>Whether the region, or the mapping behind it, was disposed of.</summary>
    public bool IsDisposed => _backing.IsDisposed;

    internal byte* Base { get; }

    /// <summary>What to add to a guest address, wrapping, to get to its place in the host. Its lowest three bits are
    /// zero.</summary>
    internal nint Delta => unchecked((nint)Base - (nint)Start.Value);

    internal bool IsTracked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _dirty is not null;
    }

    /// <summary>A region over the same memory with other rights for the guest.</summary>
    public MemoryRegion WithPermissions(MemoryAccess permissions) => With(Options with { Permissions = permissions });

    /// <summary>A region over the same memory whose writes are marked in <paramref name="dirty"/>, or in none.</summary>
    /// <param name="dirty">The bitmap.</param>
    /// <param name="offset">Where in the bitmap the region's first byte is, in bytes.</param>
    /// <exception cref="ArgumentException">The bitmap does not cover the region, or its pages are not the guest's.</exception>
    public MemoryRegion WithDirty(DirtyBitmap? dirty, ulong offset = 0) => With(Options with { Dirty = dirty, DirtyOffset = offset });

    /// <summary>A part of the region as a slice, if the guest has the right to it.</summary>
    /// <param name="offset">Where, in bytes from the region's start.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="access">What the slice is for.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the region.</exception>
    /// <exception cref="GuestMemoryException">The region does not allow this access.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public GuestSlice GetSlice(ulong offset, ulong length, MemoryAccess access)
    {
        ThrowUnlessUsable(offset, length);
        if ((access & ~Permissions) != 0)
            throw new GuestMemoryException(new AccessFault(FaultKind.Permission, Start.Value + offset, length, access, Permissions));

        return SliceUnchecked(offset, length, access);
    }

    /// <summary>The whole region for its owner, whatever the guest may do: to load an image into ROM, to look at
    /// anything.</summary>
    /// <remarks>Writing is possible unless the mapping itself is read-only.</remarks>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public GuestSlice GetHostSlice()
    {
        ThrowUnlessUsable(0, Size);
        return SliceUnchecked(0, Size, Mapping.IsWritable ? MemoryAccess.All : MemoryAccess.ReadExecute);
    }

    /// <summary>Gives the memory back at once, for this region and all others over the same memory.</summary>
    /// <remarks>Slices and maps that still hold the region read zeros from now on. Of a mapping that was passed in by
    /// <see cref="FromMapping"/> nothing is given back: it is its owner's.</remarks>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    /// <exception cref="InvalidOperationException">The region is part of a huge page.</exception>
    public void Dispose() => _backing.Dispose();

    /// <summary>The range, the rights and the label, as <c>[0x0, +0x1000) r-x "boot ROM"</c>.</summary>
    public override string ToString()
    {
        char r = (Permissions & MemoryAccess.Read) != 0 ? 'r' : '-';
        char w = (Permissions & MemoryAccess.Write) != 0 ? 'w' : '-';
        char x = (Permissions & MemoryAccess.Execute) != 0 ? 'x' : '-';
        return $"{Range} {r}{w}{x}{(Label is null ? "" : $" \"{Label}\"")}{(IsDisposed ? " (disposed)" : "")}";
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal GuestSlice SliceUnchecked(ulong offset, ulong length, MemoryAccess access) => new(Base + offset, length, this, access);

    /// <summary>Marks what was written at a host address inside the region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MarkDirty(byte* pointer, ulong length)
        => _dirty!.MarkUnchecked(_dirtyOffset + (ulong)(pointer - Base), length);

    private RegionOptions Options => new()
    {
        Permissions = Permissions,
        Label = Label,
        Dirty = _dirty,
        DirtyOffset = _dirtyOffset,
    };

    private MemoryRegion With(RegionOptions options) => new(Range, _backing, Checked(options, _backing.Mapping));

    private void ThrowUnlessUsable(ulong offset, ulong length)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (length > Size || offset > Size - length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length} bytes at offset {offset} do not lie in {this}.");
    }

    private static void CheckDirty(DirtyBitmap dirty, GuestRange range, ulong dirtyOffset)
    {
        if (range.Length > dirty.Size || dirtyOffset > dirty.Size - range.Length)
            throw new ArgumentException($"The dirty bitmap covers 0x{dirty.Size:x} bytes and not the region {range} at 0x{dirtyOffset:x}.");

        if (((range.Start.Value ^ dirtyOffset) & (dirty.PageSize.Bytes - 1)) != 0)
        {
            throw new ArgumentException(
                $"Offset 0x{dirtyOffset:x} in the dirty bitmap and region start {range.Start} differ by no multiple of {dirty.PageSize}.");
        }
    }
}
