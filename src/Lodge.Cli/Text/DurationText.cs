using System.Globalization;

namespace Lodge.Cli;

/// <summary>Durations as people write them.</summary>
internal static class DurationText
{
    // What the system's timers take.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    // The longer names first: "ms" ends in "s".
    private static readonly (string Suffix, double Seconds)[] Units =
        [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads <c>5s</c>, <c>500ms</c>, <c>1.5s</c>, <c>2m</c>, <c>1h</c>.</summary>
    /// <exception cref="UsageException">It is no duration, or one that nobody waits for.</exception>
    public static TimeSpan Parse(string text)
    {
        foreach ((string suffix, double seconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;

            bool isNumber = double.TryParse(
                text.AsSpan(0, text.Length - suffix.Length),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double number);
            if (!isNumber)
                break;

            double total = number * seconds;
            return total > 0 && total <= Longest.TotalSeconds
                ? TimeSpan.FromSeconds(total)
                : throw new UsageException($"{text} is out of range: durations are more than zero, and at most 49 days.");
        }

        throw new UsageException($"{text} is no duration: durations are written as 500ms, 5s, 2m or 1h.");
    }

    /// <summary>Writes three digits and a unit.</summary>
    public static string Format(TimeSpan duration)
    {
        double microseconds = duration.TotalMicroseconds;
        return microseconds switch
        {
            < 1_000 => Number(microseconds) + " µs",
            < 1_000_000 => Number(microseconds / 1e3) + " ms",
            _ => Number(microseconds / 1e6) + " s",
        };
    }

    private static string Number(double value)
        => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
