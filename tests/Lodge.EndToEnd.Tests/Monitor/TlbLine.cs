using System.Globalization;

namespace Lodge.EndToEnd.Tests;

/// <summary>A line of <c>info tlb</c>: a page that the tables map.</summary>
internal readonly record struct TlbLine(ulong Start, ulong Physical, TlbFlags Flags)
{
    private const string Letters = "XGPDACTUW";

    private static ReadOnlySpan<TlbFlags> FlagsOfLetters =>
    [
        TlbFlags.NoExecute, TlbFlags.Global, TlbFlags.Large, TlbFlags.Dirty, TlbFlags.Accessed, TlbFlags.CacheDisabled,
        TlbFlags.WriteThrough, TlbFlags.User, TlbFlags.Writable,
    ];

    /// <summary>Reads a line such as <c>ffffffff81000000: 0000000001000000 -GPDA----</c>.</summary>
    /// <exception cref="FormatException">The line is something else.</exception>
    public static TlbLine Parse(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || !parts[0].EndsWith(':') || parts[2].Length != Letters.Length)
            throw new FormatException($"Not a line of info tlb: {line}");

        return new TlbLine(Hexadecimal(parts[0][..^1]), Hexadecimal(parts[1]), FlagsOf(parts[2]));
    }

    private static ulong Hexadecimal(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static TlbFlags FlagsOf(string text)
    {
        TlbFlags flags = TlbFlags.None;
        for (int i = 0; i < Letters.Length; i++)
        {
            if (text[i] == Letters[i])
                flags |= FlagsOfLetters[i];
            else if (text[i] != '-')
                throw new FormatException($"No flags of info tlb: {text}");
        }

        return flags;
    }
}
