namespace Lodge.Paging;

/// <summary>How a <see cref="PageTableEditor"/> works.</summary>
public sealed record PageTableEditorOptions
{
    /// <summary>The largest pages that the format has.</summary>
    public static PageTableEditorOptions Default { get; } = new();

    /// <summary>The level of the largest pages to map, 1 having the smallest; what the format has at most by default.</summary>
    public int LargestPageLevel { get; init; } = PageTableFormat.MostLevels;

    /// <summary>Who remembers translations of these tables and is told to forget them. A table or frame is given back only after
    /// that.</summary>
    public IReadOnlyList<ITlb> Tlbs { get; init; } = [];
}
