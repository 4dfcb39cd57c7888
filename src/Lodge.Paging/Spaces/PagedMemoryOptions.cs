namespace Lodge.Paging;

/// <summary>How a <see cref="PagedMemory"/> looks at its tables.</summary>
public sealed record PagedMemoryOptions
{
    /// <summary>The supervisor's view, which leaves accessed and dirty bits alone.</summary>
    public static PagedMemoryOptions Default { get; } = new();

    /// <summary>Whose rights count.</summary>
    public Privilege Privilege { get; init; }

    /// <summary>What is done with accessed and dirty bits; see <see cref="PageWalkerOptions.AccessedDirty"/>.</summary>
    public AccessedDirty AccessedDirty { get; init; }
}
