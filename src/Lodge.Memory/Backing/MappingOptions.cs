namespace Lodge.Memory;

/// <summary>How host memory is mapped.</summary>
public sealed record MappingOptions
{
    /// <summary>Ordinary pages, guard pages on both sides, filled in on first touch.</summary>
    public static MappingOptions Default { get; } = new();

    /// <summary>Whether to use huge pages. Sizes and offsets are then multiples of the huge page.</summary>
    public HugePages HugePages { get; init; }

    /// <summary>Whether an inaccessible page lies on each side, so that native code that runs over the end of the memory dies
    /// instead of damaging its neighbour. Managed access never gets there: it is checked.</summary>
    public bool GuardPages { get; init; } = true;

    /// <summary>Whether all pages are brought in at once, so that a system without enough memory says so now.</summary>
    public bool Populate { get; init; }

    internal ulong HugePageBytes => HugePages switch
    {
        HugePages.Size2M => PageSize.Size2M.Bytes,
        HugePages.Size1G => PageSize.Size1G.Bytes,
        _ => 0,
    };
}
