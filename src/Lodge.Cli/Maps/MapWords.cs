using System.Globalization;

namespace Lodge.Cli;

/// <summary>What a drawing says in words, the same on a console and in a file.</summary>
internal static class MapWords
{
    public const string PagesTitle = "The guest's pages as they are mapped, once it takes calls, guest-virtual:";

    public const string CutShort = "The guest has mapped more than that.";

    /// <summary>A range as people read it, the second address being the first that is not in it.</summary>
    public static string Span(GuestRange range)
        => string.Create(CultureInfo.InvariantCulture, $"0x{range.Start.Value:x}-{End(range)}");

    /// <summary>The first address that is not in a range; of one that ends with the last address there is, 2^64.</summary>
    public static string End(GuestRange range) => $"0x{(UInt128)range.Start.Value + range.Length:x}";

    /// <summary>The headline of a block.</summary>
    public static string Headline(MapBlock block)
        => string.Create(CultureInfo.InvariantCulture, $"{Span(block.Range)}, {ByteSizeText.Format(block.Range.Length)}, ")
            + Pages(block.Range.Length / SandboxLayout.PageBytes);

    /// <summary>The address that stands before a row, as wide as the others of its block.</summary>
    public static string RowAddress(MapBlock block, ulong start)
    {
        bool isLow = (block.Range.Start.Value + (block.Range.Length - 1)) >> 36 == 0;
        return isLow ? $"0x{start:x9}" : $"0x{start:x16}";
    }

    /// <summary>Where pages lead, or where a part lies already.</summary>
    public static string Target(MapPart part) => part.Target is { } target ? $"0x{target.Value:x}" : "";

    /// <summary>What a part is, and what comes of writing to it.</summary>
    public static string Name(MapPart part) => part.IsCopiedWhenWritten ? $"{part.Name}, copied when written" : part.Name;

    /// <summary>What stands for how many pages.</summary>
    public static string Unit(string what, ulong pagesPerCell)
        => string.Create(
            CultureInfo.InvariantCulture, $"{what} is {(pagesPerCell == 1 ? "a page" : $"up to {pagesPerCell} pages")} of 4 KiB");

    /// <summary>A number of pages.</summary>
    public static string Pages(ulong count)
        => count == 1 ? "1 page" : string.Create(CultureInfo.InvariantCulture, $"{count} pages");
}
