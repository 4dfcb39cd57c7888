using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Lodge.Sandbox;

/// <summary>What pools tell the meter. Names and units follow OpenTelemetry's conventions, the set of instruments those for
/// pools of database connections.</summary>
internal static class PoolMeter
{
    private static readonly Meter Meter = new("Lodge.Sandbox");

    private static readonly Counter<long> CreatedCounter = Meter.CreateCounter<long>(
        "lodge.sandbox.pool.created", unit: "{sandbox}", description: "Sandboxes that pools have made.");

    private static readonly Counter<long> ReplacedCounter = Meter.CreateCounter<long>(
        "lodge.sandbox.pool.replaced", unit: "{sandbox}", description: "Sandboxes that pools have given up, by reason.");

    private static readonly Histogram<double> RestoreDuration = Meter.CreateHistogram(
        "lodge.sandbox.pool.restore.duration",
        unit: "s",
        description: "How long it took to restore a sandbox that was given back.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds(-5, -1) });

    private static readonly Histogram<double> WaitDuration = Meter.CreateHistogram(
        "lodge.sandbox.pool.wait.duration",
        unit: "s",
        description: "How long it took to get a sandbox from the pool: to wait for it, and to make it where none was there.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds(-6, 1) });

    private static readonly string[] ReasonNames = ["disposed", "unrecoverable", "restore_failed"];

    private static readonly Lock Gate = new();

    // Weak: a pool that nobody disposes of must not stay for the meter's sake.
    private static readonly List<WeakReference<SandboxPool>> Pools = [];

    private static int LastNumber;

    static PoolMeter()
    {
        Meter.CreateObservableUpDownCounter(
            "lodge.sandbox.pool.count",
            () => Observe(static pool =>
            [
                new(pool.InUse, Tag(pool), new("lodge.sandbox.pool.state", "used")),
                new(pool.Idle, Tag(pool), new("lodge.sandbox.pool.state", "idle")),
            ]),
            unit: "{sandbox}",
            description: "Sandboxes of the pool that are idle, and that are used: lent, being made or being restored.");
        Meter.CreateObservableUpDownCounter(
            "lodge.sandbox.pool.max",
            () => Observe(static pool => [new(pool.Capacity, Tag(pool))]),
            unit: "{sandbox}",
            description: "The most sandboxes that the pool may have.");
        Meter.CreateObservableUpDownCounter(
            "lodge.sandbox.pool.pending_requests",
            () => Observe(static pool => [new(pool.Waiting, Tag(pool))]),
            unit: "{request}",
            description: "Rents that wait for a sandbox.");
    }

    public static string NextName() => $"pool-{Interlocked.Increment(ref LastNumber)}";

    public static void Add(SandboxPool pool)
    {
        lock (Gate)
        {
            Pools.RemoveAll(static known => !known.TryGetTarget(out _));
            Pools.Add(new WeakReference<SandboxPool>(pool));
        }
    }

    public static void Remove(SandboxPool pool)
    {
        lock (Gate)
            Pools.RemoveAll(known => !known.TryGetTarget(out SandboxPool? target) || target == pool);
    }

    public static void Created(SandboxPool pool) => CreatedCounter.Add(1, Tag(pool));

    public static void Replaced(SandboxPool pool, ReplacementReason reason)
        => ReplacedCounter.Add(1, Tag(pool), new("lodge.sandbox.pool.reason", ReasonNames[(int)reason]));

    /// <summary>When something begins that is timed; 0 where nobody wants to know, because to read the clock takes as long as to
    /// rent.</summary>
    public static long BeginWait() => WaitDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <inheritdoc cref="BeginWait"/>
    public static long BeginRestore() => RestoreDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void EndWait(SandboxPool pool, long begun) => End(WaitDuration, pool, begun);

    public static void EndRestore(SandboxPool pool, long begun) => End(RestoreDuration, pool, begun);

    private static void End(Histogram<double> duration, SandboxPool pool, long begun)
    {
        if (begun != 0)
            duration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, Tag(pool));
    }

    private static List<Measurement<long>> Observe(Func<SandboxPool, Measurement<long>[]> measure)
    {
        var measurements = new List<Measurement<long>>();
        lock (Gate)
        {
            foreach (WeakReference<SandboxPool> known in Pools)
            {
                if (known.TryGetTarget(out SandboxPool? pool))
                    measurements.AddRange(measure(pool));
            }
        }

        return measurements;
    }

    private static KeyValuePair<string, object?> Tag(SandboxPool pool) => new("lodge.sandbox.pool.name", pool.Name);

    /// <summary>1, 2 and 5 of each power of ten, up to the first of the last one.</summary>
    private static double[] Seconds(int firstPower, int lastPower)
        => [
            .. Enumerable.Range(firstPower, lastPower - firstPower)
                .Select(static power => Math.Pow(10, power))
                .SelectMany(static one => (double[])[one, 2 * one, 5 * one]),
            Math.Pow(10, lastPower),
        ];
}
