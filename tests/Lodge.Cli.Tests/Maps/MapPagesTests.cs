using System.Xml.Linq;

namespace Lodge.Cli.Tests;

/// <summary>Page maps that no honest guest has.</summary>
public sealed class MapPagesTests : IDisposable
{
    private readonly Sandbox.Sandbox _sandbox =
        Sandbox.Sandbox.Create(Guests.Hello, static options => options.Engine = Lodge.Machines.Machines.Software);

    private SandboxLayout Layout => _sandbox.Layout;

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void NoPages_AreDrawn()
    {
        Assert.Empty(Of());
        Draw();
    }

    [Fact]
    public void TheLastPageOfAll_EndsAtTwoToThe64()
    {
        GuestPages last = Pages(0xFFFF_FFFF_FFFF_F000, 0x1000, Layout.Heap.Start.Value, MemoryAccess.ReadWrite);

        MapPart run = Assert.Single(Assert.Single(Of(last)).Parts);

        Assert.Equal((1UL, "heap", 'w'), (run.Pages, run.Name, run.Letter));
        Assert.Contains("0xfffffffffffff000-0x10000000000000000", Draw(last), StringComparison.Ordinal);
    }

    [Fact]
    public void PagesThatCoverAllMemory_AreARunForEachPart_AndForWhatIsBetween()
    {
        GuestPages all = Pages(0, 1UL << 37, 0, MemoryAccess.All);

        IReadOnlyList<MapPart> runs = Assert.Single(Of(all)).Parts;

        Assert.Equal(
            ["?", "binary", "PEB: where things are", "heap", "?", "input buffer", "output buffer",
                "page tables, then pages that the guest takes", "exception stack and bookkeeping", "?"],
            runs.Select(static run => run.Name switch
            {
                "nothing that the layout knows" => "?",
                { } name => name.Split(", in scratch")[0],
            }));
        Assert.All(runs, static run => Assert.Equal('!', run.Letter));
        Assert.Equal(1UL << 37, runs.Aggregate(0UL, static (sum, run) => sum + run.Range.Length));
        Draw(all);
    }

    [Fact]
    public void Blocks_EndWhereNothingIsMapped()
    {
        IReadOnlyList<MapBlock> blocks = Of(
            Pages(0x4000, 0x2000, 0x4000, MemoryAccess.Read),
            Pages(0x6000, 0x1000, 0x6000, MemoryAccess.ReadExecute),
            Pages(0x9000, 0x1000, 0x4000, MemoryAccess.Read));

        Assert.Equal(
            [new GuestRange(0x4000, 0x3000), new GuestRange(0x9000, 0x1000)], blocks.Select(static block => block.Range));
        Assert.Equal([2, 1], blocks.Select(static block => block.Parts.Count));
    }

    [Theory]
    [InlineData(MemoryAccess.Read, false, 'r')]
    [InlineData(MemoryAccess.ReadExecute, false, 'x')]
    [InlineData(MemoryAccess.ReadWrite, false, 'w')]
    [InlineData(MemoryAccess.All, false, '!')]
    [InlineData(MemoryAccess.Read, true, 'c')]
    [InlineData(MemoryAccess.ReadExecute, true, 'c')]
    public void Letters_SayWhatIsAllowed(MemoryAccess access, bool isCopied, char letter)
    {
        GuestPages pages = Pages(0x4000, 0x1000, 0x4000, access) with { IsCopiedWhenWritten = isCopied };

        Assert.Equal(letter, Of(pages)[0].Parts[0].Letter);
        Assert.Equal(isCopied, Draw(pages).Contains("binary, copied when written", StringComparison.Ordinal));
    }

    [Fact]
    public void MoreThanIsLookedAt_IsSaid()
    {
        var drawing = new MapDrawing("a & b", Layout, MapBlock.Of(Layout), [], IsCutShort: true);

        Assert.Contains(MapWords.CutShort, OnConsole(drawing), StringComparison.Ordinal);
        Assert.Contains(MapWords.CutShort, MapSvg.Of(drawing), StringComparison.Ordinal);
    }

    /// <summary>A file's name may have anything in it.</summary>
    [Fact]
    public void Svg_IsXml_WhateverTheTitle()
    {
        const string Title = "<a href=\"x\">&amp;]]>'\u001b\0\u202e.elf";
        var drawing = new MapDrawing(Title, Layout, MapBlock.Of(Layout), [], IsCutShort: false);

        var document = XDocument.Parse(MapSvg.Of(drawing));

        string text = document.Descendants(XName.Get("text", "http://www.w3.org/2000/svg")).First().Value;
        Assert.Equal("<a href=\"x\">&amp;]]>'\\u001b\\u0000\\u202e.elf", text);
    }

    private static GuestPages Pages(ulong address, ulong length, ulong target, MemoryAccess access)
        => new(new GuestRange(address, length), target, access, IsCopiedWhenWritten: false);

    private IReadOnlyList<MapBlock> Of(params GuestPages[] mapped)
        => MapPages.Of(mapped, Layout, [.. MapBlock.Of(Layout).SelectMany(static block => block.Parts)]);

    /// <summary>Draws in both ways, and returns what stands on the console.</summary>
    private string Draw(params GuestPages[] mapped)
    {
        var drawing = new MapDrawing("title", Layout, MapBlock.Of(Layout), Of(mapped), IsCutShort: false);
        string svg = MapSvg.Of(drawing);
        Assert.NotEmpty(XDocument.Parse(svg).Root!.Elements());
        string text = OnConsole(drawing);
        Assert.InRange(text.Length, 500, 20_000);
        Assert.DoesNotContain(MapWords.CutShort, text + svg, StringComparison.Ordinal);
        return text;
    }

    private static string OnConsole(MapDrawing drawing)
    {
        var output = new StringWriter();
        using var raw = new MemoryStream();
        new ToolContext { Output = output, Error = TextWriter.Null, RawOutput = raw }
            .DrawOutput(console => MapStrip.Write(drawing, console));
        return output.ToString();
    }
}
