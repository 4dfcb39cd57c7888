using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Lodge.Machines.Tests;

/// <summary>Random bytes as code, and programs of which some bytes are others.</summary>
/// <remarks><c>LODGE_RANDOM_SECONDS</c> says how long, two by default; <c>LODGE_MODEL_SEED</c> runs one seed alone.</remarks>
public class RandomCodeTests(ITestOutputHelper output)
{
    // Decoded code of three machines, 32 MiB each, and what was compiled.
    private const long MostKeptBytes = 192 << 20;

    // A case takes less than a millisecond.
    private static readonly TimeSpan LongestCase = TimeSpan.FromSeconds(20);

    [Fact]
    public void RandomCode_InASoftwareMachine_EndsAndLeavesTheHostAlone()
    {
        string? seconds = Environment.GetEnvironmentVariable("LODGE_RANDOM_SECONDS");
        string? seed = Environment.GetEnvironmentVariable("LODGE_MODEL_SEED");
        TimeSpan duration = TimeSpan.FromSeconds(seconds is null ? 2 : double.Parse(seconds, CultureInfo.InvariantCulture));
        int first = seed is null ? Random.Shared.Next(int.MaxValue / 2) : int.Parse(seed, CultureInfo.InvariantCulture);
        long keptBefore = GC.GetTotalMemory(forceFullCollection: true);

        // On a thread of its own, so that a case that never ends is a failure too.
        var code = new RandomCode();
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() =>
        {
            long start = Stopwatch.GetTimestamp();
            int next = first;
            do
                code.Run(next++);
            while (seed is null && Stopwatch.GetElapsedTime(start) < duration);
        }))
        {
            IsBackground = true,
        };
        thread.Start();
        for (int seen = -1; !thread.Join(LongestCase); seen = code.Cases)
            Assert.True(seen != code.Cases, $"LODGE_MODEL_SEED={code.Seed}: a case does not end.");

        output.WriteLine($"{code.Cases} cases from seed {first}: {code}");
        Assert.True(thrown is null, $"LODGE_MODEL_SEED={code.Seed}: {thrown}");
        long kept = GC.GetTotalMemory(forceFullCollection: true) - keptBefore;
        Assert.True(kept < MostKeptBytes, $"{kept:N0} bytes were kept.");
    }
}
