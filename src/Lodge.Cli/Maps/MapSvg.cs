using System.Globalization;
using System.Security;
using System.Text;

namespace Lodge.Cli;

/// <summary>Draws a sandbox's memory as an SVG file, which says the same as the strip on a console.</summary>
internal static class MapSvg
{
    private const int CellsPerRow = 64;
    private const int CellSize = 12;
    private const int Left = 130;
    private const int Margin = 16;
    private const int LineHeight = 20;

    public static string Of(string title, IReadOnlyList<MapBlock> blocks)
    {
        ulong pagesPerCell = MapCell.PagesPerCell(blocks);
        var body = new StringBuilder();
        int y = Margin + LineHeight;
        Text(body, Margin, y, title, "bold");
        y += LineHeight;
        foreach (MapBlock block in blocks)
        {
            y += LineHeight;
            string size = ByteSizeText.Format(block.Range.Length);
            Text(body, Margin, y, $"{block.Name} {MapStrip.Span(block.Range)}, {size}", "bold");
            y += 6;
            foreach (MapCell[] row in MapCell.Of(block, pagesPerCell).Chunk(CellsPerRow))
            {
                Text(body, Margin, y + CellSize - 2, $"0x{row[0].Start:x9}", "normal");
                for (int i = 0; i < row.Length; i++)
                    Cell(body, Left + (i * CellSize), y, row[i].Part, Tip(row[i]));

                y += CellSize + 2;
            }
        }

        y += LineHeight;
        foreach (MapPart part in blocks.SelectMany(static block => block.Parts))
        {
            Cell(body, Margin, y, part, part.Name);
            string access = SandboxRegion.Letters(part.Access);
            Text(body, Margin + CellSize + 8, y + CellSize - 2,
                $"{MapStrip.Span(part.Range)}  {ByteSizeText.Format(part.Range.Length)}  {access}  {part.Name}", "normal");
            y += LineHeight;
        }

        string unit = pagesPerCell == 1 ? "a page" : $"up to {pagesPerCell} pages";
        Text(body, Margin, y + CellSize, $"A square is {unit} of 4 KiB; addresses are guest-physical.", "normal");
        return Document(Left + (CellsPerRow * CellSize) + Margin, y + LineHeight + Margin, body);
    }

    private static string Document(int width, int height, StringBuilder body)
        => string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
            <rect width="{width}" height="{height}" fill="#ffffff"/>
            <g font-family="monospace" font-size="12">
            {body}</g>
            </svg>

            """).ReplaceLineEndings("\n");

    private static string Tip(MapCell cell)
        => string.Create(CultureInfo.InvariantCulture, $"0x{cell.Start:x}: {cell.Part.Name}, {cell.Pages} pages");

    private static void Cell(StringBuilder body, int x, int y, MapPart part, string tip)
        => body.Append(
            CultureInfo.InvariantCulture,
            $"""<rect x="{x}" y="{y}" width="{CellSize - 1}" height="{CellSize - 1}" fill="#{part.Color.ToHex()}">""")
            .Append(CultureInfo.InvariantCulture, $"<title>{SecurityElement.Escape(tip)}</title></rect>\n");

    private static void Text(StringBuilder body, int x, int y, string text, string weight)
        => body.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="{x}" y="{y}" font-weight="{weight}">{SecurityElement.Escape(SafeText.Line(text))}</text>""")
            .Append('\n');
}
