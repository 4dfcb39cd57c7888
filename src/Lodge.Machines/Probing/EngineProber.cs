using System.Diagnostics;
using System.Globalization;

namespace Lodge.Machines;

/// <summary>Finds out what an engine really executes in ring 0, with small guests that say what they got.</summary>
internal static class EngineProber
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SpeedTime = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs the guests, each in a machine of its own and for a bounded time.</summary>
    /// <param name="engine">The engine, which is available.</param>
    /// <exception cref="MachineException">The engine cannot make a machine.</exception>
    public static EngineProbe Probe(IMachineEngine engine) => Probe(engine, UsualLimit);

    /// <summary>As the other, with a limit for each run of a guest.</summary>
    public static EngineProbe Probe(IMachineEngine engine, TimeSpan limit)
    {
        var remarks = new List<string>();
        return new EngineProbe
        {
            RunsIntegerCode = Runs(engine, ProbePrograms.Integer, limit, remarks),
            RunsSse = Runs(engine, ProbePrograms.Sse, limit, remarks),
            RunsSoftwareInterrupts = Runs(engine, ProbePrograms.SoftwareInterrupt, limit, remarks),
            RunsPageFaults = Runs(engine, ProbePrograms.PageFault, limit, remarks),
            InstructionsPerSecond = MeasureSpeed(engine, limit, remarks),
            Remarks = remarks,
        };
    }

    private static bool Runs(IMachineEngine engine, ProbeProgram program, TimeSpan limit, List<string> remarks)
    {
        using var guest = new ProbeGuest(engine, program, limit);
        string? failure = guest.Run(out IReadOnlyList<uint> said);
        if (failure is null && !said.SequenceEqual(program.Expected))
            failure = $"the guest got {Listed(said)} instead of {Listed(program.Expected)}";

        if (failure is not null)
            remarks.Add($"{program.Name}: {failure}.");

        return failure is null;
    }

    // A loop that takes too little time to be measured is made longer.
    private static double MeasureSpeed(IMachineEngine engine, TimeSpan limit, List<string> remarks)
    {
        const uint LeastRounds = 1 << 12;
        const uint MostRounds = 1 << 30;

        // Once for nothing: what has to be loaded or compiled for the first time is not the engine's speed.
        using var guest = new ProbeGuest(engine, ProbePrograms.Loop(LeastRounds), limit);
        guest.Run(out _);
        for (uint rounds = LeastRounds; ; rounds *= 4)
        {
            guest.Load(ProbePrograms.Loop(rounds));
            long start = Stopwatch.GetTimestamp();
            string? failure = guest.Run(out _);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (failure is not null)
            {
                remarks.Add($"A loop: {failure}.");
                return 0;
            }

            if (elapsed >= SpeedTime || rounds >= MostRounds)
                return ProbePrograms.InstructionsPerRound * (double)rounds / elapsed.TotalSeconds;
        }
    }

    private static string Listed(IEnumerable<uint> values)
        => $"[{string.Join(' ', values.Select(value => value.ToString("x", CultureInfo.InvariantCulture)))}]";
}
