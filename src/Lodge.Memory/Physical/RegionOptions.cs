namespace Lodge.Memory;

/// <summary>What a region allows, how it is called, and how its memory is mapped and watched.</summary>
public sealed record RegionOptions
{
    /// <summary>RAM: everything allowed, no label, mapped by default.</summary>
    public static RegionOptions Default { get; } = new();

    /// <summary>ROM: reading and executing allowed.</summary>
    public static RegionOptions ReadOnly { get; } = new() { Permissions = MemoryAccess.ReadExecute };

    /// <summary>What a guest, or a device on its behalf, may do. Enforced in software for every access.</summary>
    public MemoryAccess Permissions { get; init; } = MemoryAccess.All;

    /// <summary>A name for people, as in "boot ROM".</summary>
    public string? Label { get; init; }

    /// <summary>How the memory is mapped.</summary>
    public MappingOptions Mapping { get; init; } = MappingOptions.Default;

    /// <summary>The bitmap in which writes through Lodge are marked, or nothing. Several regions may share one.</summary>
    public DirtyBitmap? Dirty { get; init; }

    /// <summary>Where in <see cref="Dirty"/> the region's first byte is, in bytes. Pages of the bitmap have to be pages of the
    /// guest: this and the region's start differ by a multiple of the bitmap's page size.</summary>
    public ulong DirtyOffset { get; init; }
}
