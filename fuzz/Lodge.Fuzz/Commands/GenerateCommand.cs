using System.Diagnostics;
using System.Globalization;

namespace Lodge.Fuzz;

/// <summary><c>generate</c>: makes inputs of well-formed ones, for as long as it is told to.</summary>
internal static class GenerateCommand
{
    // What brought up something new is changed further, up to this many.
    private const int MostInputs = 4096;

    public static int Run(double seconds, int seed, bool isListed, IReadOnlyCollection<string> targets, string folder)
    {
        Console.WriteLine($"Seed {seed}, {seconds:f0} s for {string.Join(", ", targets)}");
        Console.WriteLine("target        inputs  a second  accepted   refused  distinct refusals   kept");
        foreach (string target in targets)
        {
            if (!Run(target, TimeSpan.FromSeconds(seconds / targets.Count), seed, isListed, folder))
                return ExitCodes.Failed;
        }

        return ExitCodes.Success;
    }

    private static bool Run(string name, TimeSpan time, int seed, bool isListed, string folder)
    {
        using FuzzTarget target = FuzzTargets.Create(name);
        var random = new Random(seed);
        var probe = new Probe();
        var seen = new bool[Probe.MapBytes];
        var refusals = new Dictionary<string, long>(StringComparer.Ordinal);
        List<byte[]> inputs = [.. target.Seeds];
        int most = Math.Max(target.MostBytes, inputs.Max(static input => input.Length));
        byte[] input = [];
        long count = 0;
        long accepted = 0;
        using var current = new CurrentInput(folder, name, most);
        using var watchdog = new Watchdog(late =>
        {
            // The thread that runs the input cannot be stopped.
            Report(name, seed, Volatile.Read(ref count), Volatile.Read(ref input), late, folder);
            Environment.Exit(ExitCodes.Failed);
        });
        long start = Stopwatch.GetTimestamp();
        for (; count < target.Seeds.Count || Stopwatch.GetElapsedTime(start) < time; count++)
        {
            bool isSeed = count < target.Seeds.Count;
            Volatile.Write(ref input, isSeed
                ? inputs[(int)count]
                : target.Mutate(random, inputs[random.Next(inputs.Count)], inputs[random.Next(inputs.Count)]));
            current.Set(input);
            probe.Clear();
            try
            {
                watchdog.Begin();
                bool isAccepted = target.Run(input, probe);
                if (!watchdog.End())
                    Thread.Sleep(Timeout.Infinite);

                accepted += isAccepted ? 1 : 0;
                FuzzFailureException.Require(isAccepted || !isSeed, "A seed is refused: " + string.Join("; ", probe.Refusals));
            }
            catch (Exception failure)
            {
                watchdog.End();
                Report(name, seed, count, input, failure.ToString(), folder);
                return false;
            }

            foreach (string refusal in probe.Refusals)
                refusals[refusal] = refusals.GetValueOrDefault(refusal) + 1;

            if (HasNews(probe, seen) && !isSeed && inputs.Count < MostInputs)
                inputs.Add(input);
        }

        int kept = inputs.Count - target.Seeds.Count;
        double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-10} {count,9} {rate,9:f0} {accepted,9} {count - accepted,9} {refusals.Count,18} {kept,6}"));
        if (isListed)
        {
            foreach ((string refusal, long times) in refusals.OrderByDescending(static refusal => refusal.Value))
                Console.WriteLine($"{times,12} {refusal}");
        }

        // The seeds are accepted; a generator whose own inputs never are, or always, tries nothing.
        if (accepted > target.Seeds.Count && accepted < count)
            return true;

        Console.WriteLine($"{name}: of what was made, everything was refused, or nothing was.");
        return false;
    }

    private static bool HasNews(Probe probe, bool[] seen)
    {
        bool isNew = false;
        foreach (int number in probe.Seen)
        {
            isNew |= !seen[number];
            seen[number] = true;
        }

        return isNew;
    }

    private static void Report(string target, int seed, long number, byte[] input, string failure, string folder)
    {
        string path = Path.Combine(folder, $"{target}-{seed}-{number}");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(path, input);
        Console.WriteLine($"FAILED: {target}, seed {seed}, input {number} of {input.Length} bytes: {failure}");
        Console.WriteLine($"Reproduce: Lodge.Fuzz run {target} {path}");
    }
}
