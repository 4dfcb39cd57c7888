using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary>Draws a sandbox's memory on a console: pages as letters on colours, and a legend.</summary>
internal static class MapStrip
{
    private const int CellsPerRow = 64;

    public static void Write(IReadOnlyList<MapBlock> blocks, GuestRange window, IAnsiConsole console)
    {
        ulong pagesPerCell = MapCell.PagesPerCell(blocks);
        foreach (MapBlock block in blocks)
        {
            string pages = string.Create(CultureInfo.InvariantCulture, $"{block.Range.Length / SandboxLayout.PageBytes} pages");
            console.MarkupLineInterpolated(
                $"[bold]{block.Name}[/] {Span(block.Range)}, {ByteSizeText.Format(block.Range.Length)}, {pages}");
            foreach (MapCell[] row in MapCell.Of(block, pagesPerCell).Chunk(CellsPerRow))
                console.MarkupLine(Row(row));

            console.WriteLine();
        }

        console.Write(Legend(blocks));
        string unit = pagesPerCell == 1 ? "a page" : string.Create(CultureInfo.InvariantCulture, $"up to {pagesPerCell} pages");
        console.MarkupLineInterpolated($"A letter is {unit} of 4 KiB; addresses are guest-physical.");
        console.MarkupLineInterpolated($"The guest sees scratch at {Span(window)}.");
    }

    /// <summary>A range as people read it, the second address being the first that is not in it.</summary>
    public static string Span(GuestRange range)
        => string.Create(CultureInfo.InvariantCulture, $"0x{range.Start.Value:x}-0x{range.Start.Value + range.Length:x}");

    private static string Row(MapCell[] cells)
    {
        var row = new StringBuilder();
        row.Append(CultureInfo.InvariantCulture, $"  0x{cells[0].Start:x9}  ");
        foreach (IGrouping<MapPart, MapCell> run in cells.GroupBy(static cell => cell.Part))
        {
            string letters = new(run.Key.Letter, run.Count());
            row.Append(CultureInfo.InvariantCulture, $"[black on {run.Key.Color.ToMarkup()}]{letters}[/]");
        }

        return row.ToString();
    }

    private static Grid Legend(IReadOnlyList<MapBlock> blocks)
    {
        Grid legend = new Grid().AddColumns(5);
        foreach (MapPart part in blocks.SelectMany(static block => block.Parts))
        {
            legend.AddRow(
                $"  [black on {part.Color.ToMarkup()}]{part.Letter}[/]",
                Span(part.Range),
                ByteSizeText.Format(part.Range.Length),
                SandboxRegion.Letters(part.Access),
                Markup.Escape(part.Name));
        }

        return legend;
    }
}
