using System.Globalization;
using System.Security;
using System.Text;

namespace Lodge.Cli;

/// <summary>Draws a sandbox's memory as an SVG file, which says the same as the strip on a console.</summary>
internal sealed class MapSvg
{
    private const int CellsPerRow = 64;
    private const int CellSize = 12;
    private const int Left = 170;
    private const int Margin = 16;
    private const int LineHeight = 20;
    private const int WordsPerPart = 5;

    // No less than fonts of the size below have; SVG knows no columns, and takes several blanks for one.
    private const int CharWidth = 8;
    private const int ColumnGap = 8;

    private readonly StringBuilder _body = new();
    private int _y = Margin + LineHeight;

    private MapSvg()
    {
    }

    public static string Of(MapDrawing drawing)
    {
        var svg = new MapSvg();
        svg.DrawAll(drawing);
        return svg.ToDocument();
    }

    private void DrawAll(MapDrawing drawing)
    {
        Line(drawing.Title, isBold: true);
        ulong pagesPerCell = MapCell.PagesPerCell(drawing.Blocks);
        foreach (MapBlock block in drawing.Blocks)
            Block(block, $"{block.Name} {MapWords.Headline(block)}", pagesPerCell);

        Legend(drawing.Blocks);
        Line($"{MapWords.Unit("A square", pagesPerCell)}; addresses are guest-physical.");
        Line($"The guest sees scratch at {MapWords.Span(drawing.Layout.Window)}.");

        _y += LineHeight;
        Line(MapWords.PagesTitle, isBold: true);
        pagesPerCell = MapCell.PagesPerCell(drawing.Pages);
        foreach (MapBlock block in drawing.Pages)
            Block(block, MapWords.Headline(block), pagesPerCell);

        Legend(drawing.Pages);
        Line($"{MapWords.Unit("A square", pagesPerCell)}; the right-hand address is guest-physical.");
        if (drawing.IsCutShort)
            Line(MapWords.CutShort);
    }

    private string ToDocument()
    {
        int width = Left + (CellsPerRow * CellSize) + Margin;
        int height = _y + Margin - LineHeight;
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
            <rect width="{width}" height="{height}" fill="#ffffff"/>
            <g font-family="monospace" font-size="12">
            {_body}</g>
            </svg>

            """).ReplaceLineEndings("\n");
    }

    private void Block(MapBlock block, string headline, ulong pagesPerCell)
    {
        Line(headline, isBold: true);
        _y -= CellSize;
        foreach (MapCell[] row in MapCell.Of(block, pagesPerCell).Chunk(CellsPerRow))
        {
            Text(Margin, _y + CellSize - 2, MapWords.RowAddress(block, row[0].Start));
            for (int i = 0; i < row.Length; i++)
                Cell(Left + (i * CellSize), row[i].Part, Tip(row[i]));

            _y += CellSize + 2;
        }

        _y += LineHeight + CellSize;
    }

    private void Legend(IReadOnlyList<MapBlock> blocks)
    {
        MapPart[] parts = [.. blocks.SelectMany(static block => block.Parts)];
        string[][] rows = [.. parts.Select(WordsOf)];
        int[] widths =
        [
            .. from i in Enumerable.Range(0, WordsPerPart)
               select rows.Select(row => row[i].Length).DefaultIfEmpty().Max(),
        ];
        for (int i = 0; i < parts.Length; i++)
        {
            Cell(Margin, parts[i], MapWords.Name(parts[i]));
            int x = Margin + CellSize + 8;
            for (int column = 0; column < WordsPerPart; column++)
            {
                if (rows[i][column].Length != 0)
                    Text(x, _y + CellSize - 2, rows[i][column]);

                if (widths[column] != 0)
                    x += (widths[column] * CharWidth) + ColumnGap;
            }

            _y += LineHeight;
        }

        _y += CellSize;
    }

    private static string[] WordsOf(MapPart part) =>
    [
        MapWords.Span(part.Range),
        ByteSizeText.Format(part.Range.Length),
        SandboxRegion.Letters(part.Access),
        MapWords.Target(part),
        MapWords.Name(part),
    ];

    private void Line(string text, bool isBold = false)
    {
        Text(Margin, _y, text, isBold);
        _y += LineHeight;
    }

    private static string Tip(MapCell cell)
        => string.Create(
            CultureInfo.InvariantCulture, $"0x{cell.Start:x}: {MapWords.Name(cell.Part)}, {MapWords.Pages(cell.Pages)}");

    private void Cell(int x, MapPart part, string tip)
        => _body.Append(
            CultureInfo.InvariantCulture,
            $"""<rect x="{x}" y="{_y}" width="{CellSize - 1}" height="{CellSize - 1}" fill="#{part.Color.ToHex()}">""")
            .Append(CultureInfo.InvariantCulture, $"<title>{Escape(tip)}</title></rect>\n");

    private void Text(int x, int y, string text, bool isBold = false)
        => _body.Append(
            CultureInfo.InvariantCulture,
            $"""<text x="{x}" y="{y}" font-weight="{(isBold ? "bold" : "normal")}">{Escape(text)}</text>""")
            .Append('\n');

    // What XML has no letter for is spelled out.
    private static string Escape(string text) => SecurityElement.Escape(SafeText.Line(text));
}
