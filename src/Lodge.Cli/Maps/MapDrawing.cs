namespace Lodge.Cli;

/// <summary>All that is drawn of a sandbox, whatever it was made from.</summary>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Layout">Where everything lies.</param>
/// <param name="Blocks">The parts of guest-physical memory.</param>
/// <param name="Pages">The pages as they are mapped, guest-virtual.</param>
/// <param name="IsCutShort">Whether more pages are mapped than these.</param>
internal sealed record MapDrawing(
    string Title, SandboxLayout Layout, IReadOnlyList<MapBlock> Blocks, IReadOnlyList<MapBlock> Pages, bool IsCutShort)
{
    /// <summary>Looks at a sandbox.</summary>
    public static MapDrawing Of(string title, Sandbox.Sandbox sandbox)
    {
        IReadOnlyList<MapBlock> blocks = MapBlock.Of(sandbox.Layout);
        GuestPageMap map = sandbox.ReadPageMap(MapPages.MostRanges);
        MapPart[] parts = [.. blocks.SelectMany(static block => block.Parts)];
        IReadOnlyList<MapBlock> pages = MapPages.Of(map.Ranges, sandbox.Layout, parts);
        return new MapDrawing(title, sandbox.Layout, blocks, pages, map.IsCutShort);
    }
}
