namespace Lodge.Cli;

/// <summary>Durations in a few numbers, in microseconds. Median and p95 are durations that were measured: those that half and
/// 95 % of all do not exceed.</summary>
internal sealed record DurationStatistics(int Count, double Minimum, double Median, double P95, double Maximum)
{
    /// <summary>Sorts and counts; nothing where there are none.</summary>
    public static DurationStatistics? Of(TimeSpan[] durations)
    {
        if (durations.Length == 0)
            return null;

        Array.Sort(durations);
        return new DurationStatistics(
            durations.Length,
            durations[0].TotalMicroseconds,
            At(durations, 50),
            At(durations, 95),
            durations[^1].TotalMicroseconds);
    }

    private static double At(TimeSpan[] sorted, int percent)
        => sorted[(int)((((long)sorted.Length * percent) + 99) / 100) - 1].TotalMicroseconds;
}
