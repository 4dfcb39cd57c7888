namespace Lodge.Cli;

/// <summary>What is drawn for one page, or for a few.</summary>
/// <param name="Part">What they belong to.</param>
/// <param name="Start">Their address, guest-physical.</param>
/// <param name="Pages">How many.</param>
internal readonly record struct MapCell(MapPart Part, ulong Start, ulong Pages)
{
    /// <summary>How many cells are drawn at most, but for one more in each part.</summary>
    public const ulong Most = 1024;

    /// <summary>How many pages a cell stands for, so that blocks stay drawable: a power of two.</summary>
    public static ulong PagesPerCell(IReadOnlyList<MapBlock> blocks)
    {
        ulong pages = 0;
        foreach (MapPart part in blocks.SelectMany(static block => block.Parts))
            pages += part.Pages;

        ulong each = 1;
        while (pages / each > Most)
            each *= 2;

        return each;
    }

    /// <summary>The cells of a block; even the smallest part has one.</summary>
    public static IReadOnlyList<MapCell> Of(MapBlock block, ulong pagesPerCell)
    {
        List<MapCell> cells = [];
        foreach (MapPart part in block.Parts)
        {
            for (ulong page = 0; page < part.Pages; page += pagesPerCell)
            {
                ulong count = Math.Min(pagesPerCell, part.Pages - page);
                cells.Add(new MapCell(part, (part.FirstPage + page) * SandboxLayout.PageBytes, count));
            }
        }

        return cells;
    }
}
