using System.Diagnostics;
using System.Runtime;

namespace Lodge.Benchmarks.Sandboxes;

/// <summary>How long something takes: the median of many runs, in microseconds.</summary>
internal static class MedianTime
{
    private const int FewestRuns = 11;

    // Until nothing of guests' code and the host's was compiled for a while; the runtime compiles again what runs often.
    private static readonly TimeSpan ShortestWarmUp = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(0.5);

    public static double Of(Action run, Action? prepare = null)
    {
        var begun = Stopwatch.StartNew();
        TimeSpan compiledAt = TimeSpan.Zero;
        for (long compiled = 0; begun.Elapsed < ShortestWarmUp || begun.Elapsed - compiledAt < Quiet;)
        {
            prepare?.Invoke();
            run();
            long now = JitInfo.GetCompiledMethodCount();
            if (now != compiled && begun.Elapsed < LongestWarmUp)
                (compiled, compiledAt) = (now, begun.Elapsed);
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
