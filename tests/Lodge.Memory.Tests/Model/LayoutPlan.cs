namespace Lodge.Memory.Tests.Model;

/// <summary>A generated layout.</summary>
/// <param name="Regions">The regions in ascending order.</param>
/// <param name="DirtyPage">The page size of all dirty bitmaps.</param>
/// <param name="IsLogShared">Whether the bitmaps lie in memory that somebody else harvests.</param>
internal sealed record LayoutPlan(List<RegionPlan> Regions, PageSize DirtyPage, bool IsLogShared)
{
    public override string ToString()
        => $"dirty pages of {DirtyPage}{(IsLogShared ? " in a shared log" : "")}{Environment.NewLine}"
            + string.Join(Environment.NewLine, Regions);
}
