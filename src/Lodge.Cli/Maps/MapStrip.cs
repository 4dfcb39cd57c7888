using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary>Draws a sandbox's memory on a console: pages as letters on colours, and legends.</summary>
internal static class MapStrip
{
    private const int CellsPerRow = 64;

    public static void Write(MapDrawing drawing, IAnsiConsole console)
    {
        ulong pagesPerCell = MapCell.PagesPerCell(drawing.Blocks);
        foreach (MapBlock block in drawing.Blocks)
        {
            console.MarkupLineInterpolated($"[bold]{block.Name}[/] {MapWords.Headline(block)}");
            WriteRows(block, pagesPerCell, console);
        }

        console.Write(Legend(drawing.Blocks));
        console.MarkupLineInterpolated($"{MapWords.Unit("A letter", pagesPerCell)}; addresses are guest-physical.");
        console.MarkupLineInterpolated($"The guest sees scratch at {MapWords.Span(drawing.Layout.Window)}.");
        console.WriteLine();
        WritePages(drawing, console);
    }

    private static void WritePages(MapDrawing drawing, IAnsiConsole console)
    {
        console.MarkupLineInterpolated($"[bold]{MapWords.PagesTitle}[/]");
        console.WriteLine();
        ulong pagesPerCell = MapCell.PagesPerCell(drawing.Pages);
        foreach (MapBlock block in drawing.Pages)
        {
            console.WriteLine(MapWords.Headline(block));
            WriteRows(block, pagesPerCell, console);
        }

        console.Write(Legend(drawing.Pages));
        console.MarkupLineInterpolated($"{MapWords.Unit("A letter", pagesPerCell)}; the right-hand address is guest-physical.");
        if (drawing.IsCutShort)
            console.WriteLine(MapWords.CutShort);
    }

    private static void WriteRows(MapBlock block, ulong pagesPerCell, IAnsiConsole console)
    {
        foreach (MapCell[] row in MapCell.Of(block, pagesPerCell).Chunk(CellsPerRow))
            console.MarkupLine($"  {MapWords.RowAddress(block, row[0].Start)}  {Cells(row)}");

        console.WriteLine();
    }

    private static string Cells(MapCell[] cells)
    {
        var row = new StringBuilder();
        foreach (IGrouping<MapPart, MapCell> run in cells.GroupBy(static cell => cell.Part))
        {
            string letters = new(run.Key.Letter, run.Count());
            row.Append(CultureInfo.InvariantCulture, $"[black on {run.Key.Color.ToMarkup()}]{letters}[/]");
        }

        return row.ToString();
    }

    private static Grid Legend(IReadOnlyList<MapBlock> blocks)
    {
        MapPart[] parts = [.. blocks.SelectMany(static block => block.Parts)];
        bool hasTargets = parts.Any(static part => part.Target is not null);
        Grid legend = new Grid().AddColumns(hasTargets ? 6 : 5);
        foreach (MapPart part in parts)
        {
            string[] cells =
            [
                $"  [black on {part.Color.ToMarkup()}]{part.Letter}[/]",
                MapWords.Span(part.Range),
                ByteSizeText.Format(part.Range.Length),
                SandboxRegion.Letters(part.Access),
                .. hasTargets ? [MapWords.Target(part)] : Array.Empty<string>(),
                Markup.Escape(MapWords.Name(part)),
            ];
            legend.AddRow(cells);
        }

        return legend;
    }
}
