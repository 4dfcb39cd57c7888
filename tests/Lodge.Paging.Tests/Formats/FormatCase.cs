namespace Lodge.Paging.Tests;

/// <summary>A format under a name that a failure can show.</summary>
public sealed record FormatCase(string Name, PageTableFormat Format)
{
    /// <summary>The levels that have pages, the smallest first.</summary>
    public IEnumerable<PageTableLevel> PageLevels
        => Format.Levels.Where(level => level.CanMapPages).OrderBy(level => level.Number);

    public override string ToString() => Name;
}
