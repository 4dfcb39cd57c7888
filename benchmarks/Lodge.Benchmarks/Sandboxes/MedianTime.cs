using System.Diagnostics;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>How long something takes: the median of many runs, in microseconds.</summary>
internal static class MedianTime
{
    private const int FewestRuns = 11;

    // Until guests' code is compiled, and the host's.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(0.5);

    public static double Of(Action run, Action? prepare = null)
    {
        var begun = Stopwatch.StartNew();
        while (begun.Elapsed < WarmUp)
        {
            prepare?.Invoke();
            run();
        }

        var times = new List<double>();
        begun.Restart();
        while (begun.Elapsed < Duration || times.Count < FewestRuns)
        {
            prepare?.Invoke();
            long start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }
}
