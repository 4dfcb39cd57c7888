using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>What an access needs to know of a region, in one place.</summary>
internal readonly unsafe struct RegionEntry
{
    public RegionEntry(MemoryRegion region)
    {
        Start = region.Start.Value;
        Size = region.Size;
        Delta = region.Delta;
        Permissions = region.Permissions;
        Dirty = region.Dirty;
        DirtyBias = unchecked(region.DirtyOffset - Start);
    }

    public ulong Start { get; }

    public ulong Size { get; }

    public nint Delta { get; }

    public MemoryAccess Permissions { get; }

    public DirtyBitmap? Dirty { get; }

    /// <summary>What to add to an address, wrapping, to get its offset in <see cref="Dirty"/>.</summary>
    public ulong DirtyBias { get; }

    /// <summary>Whether all of an access lies in the region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(ulong address, ulong length) => length <= Size && address - Start <= Size - length;

    /// <summary>Marks the pages of an access that lies in the region; <see cref="Dirty"/> is not null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkDirty(ulong address, ulong length) => Dirty!.MarkUnchecked(unchecked(address + DirtyBias), length);
}
