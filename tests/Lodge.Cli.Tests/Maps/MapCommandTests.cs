using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
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
        string strip = RowsOf(run.Output.Split(MapWords.PagesTitle)[0]);
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

        Assert.InRange(run.Output.Split('\n').Length, 20, 90);
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
    public void Pages_HaveALetterEach_AndALegendOfRuns()
    {
        ToolRun run = ToolRun.Of("map", Guests.Hello);
        ToolRun json = ToolRun.Of("map", Guests.Hello, "--json");

        string[] halves = run.Output.Split(MapWords.PagesTitle);
        string letters = RowsOf(halves[1]);
        int at = 0;
        foreach (JsonElement pages in json.Json.GetProperty("pages").EnumerateArray())
        {
            string access = pages.GetProperty("access").GetString()!;
            bool isCopied = pages.GetProperty("copiedWhenWritten").GetBoolean();
            char letter = isCopied ? 'c' : access switch { "r--" => 'r', "r-x" => 'x', "rw-" => 'w', _ => '!' };
            int count = pages.GetProperty("pages").GetInt32();
            Assert.Equal(new string(letter, count), letters[at..(at + count)]);
            at += count;
            Assert.Matches(
                $@"(?m)^  {letter}  {pages.GetProperty("start").GetString()}-{pages.GetProperty("end").GetString()} +"
                    + $@"[0-9.]+ [KMG]iB +{access}  {pages.GetProperty("target").GetString()} +"
                    + pages.GetProperty("name").GetString(),
                halves[1]);
        }

        Assert.Equal(letters.Length, at);
        Assert.False(json.Json.GetProperty("pagesAreCutShort").GetBoolean());
    }

    /// <summary>What the runtime promises: nothing is written and executed, the heap is copied when it is written, and all of
    /// scratch can be seen.</summary>
    [Fact]
    public void Pages_AreThoseOfAGuestThatTakesCalls()
    {
        ToolRun run = ToolRun.Of("map", Guests.Hello, "--json");

        JsonElement[] runs = [.. run.Json.GetProperty("pages").EnumerateArray()];
        Assert.DoesNotContain(runs, static pages => pages.GetProperty("access").GetString() == "rwx");
        JsonElement heap = Assert.Single(runs, static pages => pages.GetProperty("name").GetString() == "heap");
        Assert.True(heap.GetProperty("copiedWhenWritten").GetBoolean());
        Assert.Equal(heap.GetProperty("start").GetString(), heap.GetProperty("target").GetString());
        Assert.Contains(
            runs, static pages => pages.GetProperty("name").GetString() == "heap, in scratch that the guest has taken");
        Assert.Equal("input buffer", runs[^4].GetProperty("name").GetString());
        Assert.Equal(run.Json.GetProperty("window").GetProperty("start").GetString(), runs[^4].GetProperty("start").GetString());
        Assert.Equal(run.Json.GetProperty("window").GetProperty("end").GetString(), runs[^1].GetProperty("end").GetString());
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
        ulong squares = 0;
        foreach (JsonElement block in run.Json.GetProperty("blocks").EnumerateArray())
            squares += block.GetProperty("bytes").GetUInt64() / 4096;

        JsonElement[] runs = [.. run.Json.GetProperty("pages").EnumerateArray()];
        foreach (JsonElement pages in runs)
            squares += pages.GetProperty("pages").GetUInt64();

        XElement root = XDocument.Load(file).Root!;
        XNamespace svg = "http://www.w3.org/2000/svg";

        // The legends have one for each part and each run.
        Assert.Equal((int)squares + OneLetterParts.Length + runs.Length, root.Descendants(svg + "title").Count());
        (double X, double Y)[] corners =
        [
            .. from square in root.Descendants(svg + "rect")
               where square.HasElements
               select ((double)square.Attribute("x")! + 11, (double)square.Attribute("y")! + 11),
        ];
        Assert.Equal(corners.Length, corners.Distinct().Count());
        Assert.All(corners, corner => Assert.True(
            corner.X < (double)root.Attribute("width")! && corner.Y < (double)root.Attribute("height")!));
        Assert.All(
            root.Descendants(svg + "text"),
            text => Assert.InRange((double)text.Attribute("y")!, 10, (double)root.Attribute("height")! - 4));
        Assert.StartsWith("a&b.elf", root.Descendants(svg + "text").First().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Svg_HasLegendsInColumns()
    {
        using var folder = new ScratchFolder();
        string file = folder.PathOf("map.svg");

        ToolRun run = ToolRun.Of("map", Guests.Hello, "--svg", file, "--json");

        XElement root = XDocument.Load(file).Root!;
        XNamespace svg = "http://www.w3.org/2000/svg";
        (double X, double Y, string Word)[] texts =
        [
            .. from text in root.Descendants(svg + "text")
               select ((double)text.Attribute("x")!, (double)text.Attribute("y")!, text.Value),
        ];
        (double X, double Y, string Word)[][] lines =
        [
            .. from line in texts.GroupBy(static text => text.Y)
               where Regex.IsMatch(line.First().Word, "^0x[0-9a-f]+-0x[0-9a-f]+$")
               select line.ToArray(),
        ];
        Assert.Equal(OneLetterParts.Length + run.Json.GetProperty("pages").GetArrayLength(), lines.Length);

        // The legend of the layout says nothing of targets.
        foreach (IEnumerable<(double X, double Y, string Word)[]> legend in lines.GroupBy(static line => line.Length))
            Assert.Single(legend.Select(static line => string.Join(' ', line.Select(static word => word.X))).Distinct());

        foreach ((double X, double Y, string Word)[] line in lines)
        {
            for (int i = 1; i < line.Length; i++)
                Assert.True(line[i - 1].X + (8 * line[i - 1].Word.Length) < line[i].X);
        }

        Assert.Equal([4, 5], lines.Select(static line => line.Length).Distinct().Order());
        Assert.DoesNotContain(texts, static text => text.Word.Contains("  ", StringComparison.Ordinal));
        Assert.DoesNotContain(
            root.Descendants(svg + "title"), static tip => tip.Value.Contains(" 1 pages", StringComparison.Ordinal));
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

    private static string RowsOf(string text)
        => string.Concat(
            from line in text.Split('\n')
            where line.StartsWith("  0x", StringComparison.Ordinal)
            select line.Split(' ')[^1]);

    private static ulong AddressOf(JsonElement part, string name)
        => ulong.Parse(part.GetProperty(name).GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
