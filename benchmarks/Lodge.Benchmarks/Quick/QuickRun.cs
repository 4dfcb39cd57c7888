using System.Diagnostics;
using System.Text.Json;

namespace Lodge.Benchmarks.Quick;

/// <summary>The quick mode: sets up, warms up and measures the rows that were asked for.</summary>
internal static class QuickRun
{
    // The runtime compiles a loop three times: plain, with counters, and for good. One round for each, and one to be sure.
    private const int WarmUpRounds = 4;

    // Compiling in the background begins 100 ms after the last new method was seen.
    private static readonly TimeSpan WarmUpPause = TimeSpan.FromMilliseconds(150);

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
    };

    /// <summary>Runs the rows and shows them; returns the program's exit code.</summary>
    public static int Run(IReadOnlyList<IQuickSuite> suites, QuickOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        QuickRow[][] rowsOfSuites =
            [.. suites.Select(suite => suite.GetRows().Where(row => row.Name.StartsWith(options.Only, StringComparison.Ordinal)).ToArray())];
        if (rowsOfSuites.All(rows => rows.Length == 0))
        {
            Console.Error.WriteLine($"No row's name begins with \"{options.Only}\".");
            return ExitCodes.Misused;
        }

        QuickTable.WriteHead(Console.Out);
        var results = new List<QuickResult>();
        bool isGood = true;
        foreach (QuickRow[] rows in rowsOfSuites)
            isGood &= Run(rows, results);

        QuickTable.WriteFoot(Console.Out, results.Count, Stopwatch.GetElapsedTime(start));
        if (options.JsonPath is not null)
            File.WriteAllText(options.JsonPath, JsonSerializer.Serialize(results, JsonOptions) + "\n");

        return isGood ? ExitCodes.Done : ExitCodes.RowFailed;
    }

    private static bool Run(QuickRow[] rows, List<QuickResult> results)
    {
        // All rows are warmed up together: the pauses are then the suite's and not each row's.
        bool isGood = true;
        var works = new Dictionary<QuickRow, Workload>();
        foreach (QuickRow row in rows.Where(row => row.CreateWork is not null))
            isGood &= Try(row, () => works.Add(row, row.CreateWork!()));

        for (int round = 0; round < WarmUpRounds; round++)
        {
            foreach (QuickRow row in works.Keys.ToArray())
            {
                if (!Try(row, () => QuickMeter.WarmUp(works[row])))
                {
                    isGood = false;
                    works.Remove(row);
                }
            }

            Thread.Sleep(WarmUpPause);
        }

        GC.Collect();
        foreach (QuickRow row in rows)
            isGood &= Try(row, () => isGood &= Measure(row, works, results));

        foreach (Workload work in works.Values)
            work.Dispose();

        return isGood;
    }

    private static bool Measure(QuickRow row, Dictionary<QuickRow, Workload> works, List<QuickResult> results)
    {
        QuickResult result;
        if (row.MissingBecause is not null)
        {
            QuickTable.WriteMissing(Console.Out, row);
            return true;
        }

        if (row.MeasureValue is not null)
            result = new QuickResult(row.Name, null, null, null, 0, row.MeasureValue(), row.Unit);
        else if (works.TryGetValue(row, out Workload? work))
            result = QuickMeter.Measure(row.Name, work);
        else
            return false;

        results.Add(result);
        QuickTable.WriteRow(Console.Out, row, result);
        return result.AllocatedBytes == 0;
    }

    // A row that throws is a failure of that row, and the others are still worth having.
    private static bool Try(QuickRow row, Action action)
    {
        try
        {
            action();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is shown, and the program ends with a failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine($"{row.Name}: {exception}");
            return false;
        }
    }
}
