using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace Lodge.Cli.Tests;

public class MapCommandTests
{
    private static readonly string[] OneLetterParts = ["b", "p", "h", "i", "o", "t", "e"];

    public static bool IsNotWindows => !OperatingSystem.IsWindows();

    [Fact]
    public void Strip_HasALetterForEachPage_AndALegend()
    {
        ToolRun run = ToolRun.Of("map", Guests.Hello, "--heap", "16K", "--scratch", "256K");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        string strip = string.Concat(
            from line in run.Output.Split('\n')
            where line.StartsWith("  0x", StringComparison.Ordinal)
            select line[13..]);
        Assert.Equal(4, strip.Count(static letter => letter == 'h'));
        Assert.Equal(64, strip.Count(static letter => letter is 'i' or 'o' or 't' or 'e'));
        foreach (string letter in OneLetterParts)
            Assert.Matches($@"(?m)^  {letter}  0x[0-9a-f]+-0x[0-9a-f]+ +\d", run.Output);

        Assert.Contains("A letter is a page of 4 KiB", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Strip_OfALargeGuest_StaysSmall_AndShowsEveryPart()
    {
        ToolRun run = ToolRun.Of("map", Guests.Hello, "--heap", "256M", "--scratch", "64M");

        Assert.InRange(run.Output.Split('\n').Length, 10, 40);
        Assert.Contains("A letter is up to 128 pages", run.Output, StringComparison.Ordinal);
        string first = run.Output.Split('\n').First(static line => line.StartsWith("  0x", StringComparison.Ordinal));
        Assert.Contains("bph", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_CoversImageAndScratch_WithoutGaps()
    {
        ToolRun run = ToolRun.Of("map", Guests.Hello, "--input", "12K", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        JsonElement blocks = run.Json.GetProperty("blocks");
        Assert.Equal(["image", "scratch"], blocks.EnumerateArray().Select(static block => block.GetProperty("name").GetString()));
        foreach (JsonElement block in blocks.EnumerateArray())
        {
            ulong next = AddressOf(block, "start");
            foreach (JsonElement part in block.GetProperty("parts").EnumerateArray())
            {
                Assert.Equal(next, AddressOf(part, "start"));
                next = AddressOf(part, "end");
                Assert.Equal(next - AddressOf(part, "start"), part.GetProperty("bytes").GetUInt64());
            }

            Assert.Equal(next, AddressOf(block, "end"));
        }

        Assert.Equal(0x4000u, AddressOf(blocks[0], "start"));
        Assert.Equal(1UL << 36, AddressOf(blocks[1], "end"));
    }

    [Fact]
    public void Svg_IsXmlWithASquareForEachPage()
    {
        using var folder = new ScratchFolder();
        string guest = folder.PathOf("a&b.elf");
        File.Copy(Guests.Hello, guest);
        string file = folder.PathOf("map.svg");

        ToolRun run = ToolRun.Of("map", guest, "--svg", file, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(file, run.ErrorLine, StringComparison.Ordinal);
        ulong pages = 0;
        foreach (JsonElement block in run.Json.GetProperty("blocks").EnumerateArray())
            pages += block.GetProperty("bytes").GetUInt64() / 4096;

        XElement root = XDocument.Load(file).Root!;
        XNamespace svg = "http://www.w3.org/2000/svg";

        // The legend has one for each part.
        Assert.Equal((int)pages + OneLetterParts.Length, root.Descendants(svg + "title").Count());
        Assert.StartsWith("a&b.elf", root.Descendants(svg + "text").First().Value, StringComparison.Ordinal);
    }

    [Fact(SkipUnless = nameof(IsNotWindows), Skip = "A console on Windows is asked what it understands.")]
    public void Colors_AreForTerminalsOnly_AndNotWithNoColor()
    {
        string[] command = ["map", Guests.Hello];

        ToolRun colored = ToolRun.Of(static context => context with { OutputIsTerminal = true }, command);
        ToolRun refused = ToolRun.Of(static context => context with { OutputIsTerminal = true, NoColor = "1" }, command);
        ToolRun empty = ToolRun.Of(static context => context with { OutputIsTerminal = true, NoColor = "" }, command);
        ToolRun dumb = ToolRun.Of(static context => context with { OutputIsTerminal = true, Term = "dumb" }, command);
        ToolRun file = ToolRun.Of(command);

        Assert.Contains("\u001b[", colored.Output, StringComparison.Ordinal);
        Assert.Contains("\u001b[", empty.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", dumb.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", file.Output, StringComparison.Ordinal);
    }

    private static ulong AddressOf(JsonElement part, string name)
        => ulong.Parse(part.GetProperty(name).GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
