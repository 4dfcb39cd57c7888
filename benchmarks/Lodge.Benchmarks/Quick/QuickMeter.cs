using System.Diagnostics;

namespace Lodge.Benchmarks.Quick;

/// <summary>Measures a workload and its baseline in turn.</summary>
internal static class QuickMeter
{
    /// <summary>How many pairs of runs at least; a ratio is the median of theirs.</summary>
    public const int LeastPairs = 21;

    private const int MostPairs = 151;

    // Long beside the clock's steps, short beside a time slice: a run that is interrupted is one of many and not the median.
    private const double RunNanoseconds = 400_000;

    // What a row may take in all; more pairs than the least are made of what is left.
    private const double RowNanoseconds = 160_000_000;

    // A raw pointer's read takes about 0.3 ns from the first caches. Above this, somebody else has the machine.
    private const double BusyBaselineNanoseconds = 0.6;

    private const int WarmUpCalls = 40;
    private const int SteadyRuns = 9;
    private const double SteadyWithin = 0.05;
    private const int MostSteadyTries = 6;

    /// <summary>Calls a workload often enough that the runtime wants to compile it again. The compiling takes place in the
    /// background, some 100 ms later, so this is done in rounds with a pause between them.</summary>
    public static void WarmUp(Workload work)
    {
        for (int i = 0; i < WarmUpCalls; i++)
        {
            TimeRow(work, 1, out _);
            if (work.Baseline is not null)
                TimeBaseline(work, 1);
        }
    }

    /// <summary>Measures a workload that was warmed up.</summary>
    public static QuickResult Measure(string name, Workload work)
    {
        bool hasBaseline = work.Baseline is not null;
        int rowBatches = work.NeedsPreparation ? 1 : BatchesPerRun(WaitUntilSteady(work, 1));
        int baselineBatches = hasBaseline ? BatchesPerRun(Median(Repeat(SteadyRuns, () => TimeBaseline(work, 1)))) : 1;
        double runTime = WaitUntilSteady(work, rowBatches);
        int pairs = (int)Math.Clamp(RowNanoseconds / (hasBaseline ? 2 * runTime : runTime), LeastPairs, MostPairs);

        double[] times = new double[pairs];
        double[] baselineTimes = new double[hasBaseline ? pairs : 0];
        long allocated = 0;
        for (int i = 0; i < pairs; i++)
        {
            times[i] = TimeRow(work, rowBatches, out long allocatedNow) / rowBatches / work.OperationsPerBatch;
            allocated += allocatedNow;
            if (hasBaseline)
                baselineTimes[i] = TimeBaseline(work, baselineBatches) / baselineBatches / work.OperationsPerBatch;
        }

        return hasBaseline
            ? Compare(name, work, times, baselineTimes, allocated)
            : new QuickResult(name, Median(times), null, null, allocated, null, null) { Remarks = $"{pairs} runs; {work.WorkingSet}" };
    }

    private static QuickResult Compare(string name, Workload work, double[] times, double[] baselineTimes, long allocated)
    {
        double baseline = Median(baselineTimes);
        string busy = work.IsBaselineRawPointer && baseline > BusyBaselineNanoseconds
            ? $"BASELINE ABOVE {BusyBaselineNanoseconds} ns: machine too busy to judge; "
            : "";
        double ratio = Median([.. times.Zip(baselineTimes, (time, against) => time / against)]);
        return new QuickResult(name, Median(times), baseline, ratio, allocated, null, null)
        {
            AddedNanoseconds = Median([.. times.Zip(baselineTimes, (time, against) => time - against)]),
            Remarks = $"{busy}{times.Length} pairs with {work.Baseline}; {work.WorkingSet}",
        };
    }

    // Freshly compiled code, caches and the processor's clock all settle; then two medians in succession are the same.
    private static double WaitUntilSteady(Workload work, int batches)
    {
        double before = double.MaxValue;
        for (int i = 0; ; i++)
        {
            double now = Median(Repeat(SteadyRuns, () => TimeRow(work, batches, out _)));
            if (Math.Abs(now - before) <= before * SteadyWithin || i == MostSteadyTries)
                return now;

            before = now;
        }
    }

    private static int BatchesPerRun(double nanosecondsPerBatch)
        => (int)Math.Clamp(RunNanoseconds / Math.Max(1, nanosecondsPerBatch), 1, 1 << 20);

    private static double TimeRow(Workload work, int batches, out long allocated)
    {
        if (work.NeedsPreparation)
            work.Prepare();

        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < batches; i++)
            work.RunBatch();

        long end = Stopwatch.GetTimestamp();
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return Nanoseconds(end - start);
    }

    private static double TimeBaseline(Workload work, int batches)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < batches; i++)
            work.RunBaselineBatch();

        return Nanoseconds(Stopwatch.GetTimestamp() - start);
    }

    private static double Nanoseconds(long ticks) => ticks * (1e9 / Stopwatch.Frequency);

    private static double[] Repeat(int times, Func<double> measure)
    {
        double[] results = new double[times];
        foreach (ref double result in results.AsSpan())
            result = measure();

        return results;
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
