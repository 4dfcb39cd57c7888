using System.Globalization;

namespace Lodge.Cli;

/// <summary>Sizes as people write them.</summary>
internal static class ByteSizeText
{
    private static readonly (string Suffix, int Shift)[] Units = [("K", 10), ("M", 20), ("G", 30), ("T", 40)];

    /// <summary>Reads <c>65536</c>, <c>64K</c>, <c>8M</c>, <c>1G</c>, also as <c>8MiB</c>; units are powers of 1,024.</summary>
    /// <exception cref="UsageException">It is no size, or none that a machine has.</exception>
    public static long Parse(string text)
    {
        string digits = text.EndsWith("iB", StringComparison.OrdinalIgnoreCase) ? text[..^2] : text;
        bool needsUnit = digits.Length != text.Length;
        int shift = 0;
        foreach ((string suffix, int bits) in Units)
        {
            if (digits.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                digits = digits[..^1];
                shift = bits;
                break;
            }
        }

        bool isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        if (!isNumber || (needsUnit && shift == 0))
            throw new UsageException($"{text} is no size: sizes are written as 65536, 64K, 8M or 1G.");

        return number <= long.MaxValue >> shift
            ? number << shift
            : throw new UsageException($"{text} is more than any machine has.");
    }

    /// <summary>Writes the largest unit that loses nothing, or one decimal of it.</summary>
    public static string Format(ulong bytes)
    {
        for (int unit = Units.Length - 1; unit >= 0; unit--)
        {
            (string suffix, int shift) = Units[unit];
            if (bytes >> shift == 0)
                continue;

            double size = bytes / (double)(1UL << shift);
            return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {suffix}iB");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
    }
}
