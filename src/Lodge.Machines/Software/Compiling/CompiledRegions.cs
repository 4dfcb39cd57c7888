using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Compiles regions for all processors of the process, on a thread of its own, and keeps no more of them than the budget
/// allows.</summary>
/// <remarks>A compiled region costs about 18 KiB and some more for each block. Those that were not used lately are given up
/// first; the interpreter goes on with their blocks.</remarks>
internal static class CompiledRegions
{
    // Estimates: what the runtime keeps of a method, and of each instruction's code.
    private const long BytesOfRegion = 18 << 10;
    private const long BytesOfInstruction = 160;

    // Who asks for more at a time asks again later.
    private const int MostWaiting = 256;

    private static readonly BlockingCollection<RegionSource> Waiting = new(MostWaiting);

    // Weakly: who has the code keeps it, and machines come and go.
    private static readonly Queue<(WeakReference<CompiledRegion> Region, long Bytes)> Kept = new();
    private static readonly Lazy<Thread> Worker = new(Start);
    private static readonly Lock Gate = new();

    /// <summary>How many bytes the compiled code of the process may take, about; one region is kept in any case.</summary>
    public static long Budget
    {
        get;
        set
        {
            lock (Gate)
            {
                field = value;
                GiveUpWhatIsTooMuch();
            }
        }
    } = 256L << 20;

    /// <summary>How many bytes are kept, about.</summary>
    public static long KeptBytes { get; private set; }

    /// <summary>Why compiling failed last; it never should.</summary>
    public static Exception? LastFailure { get; private set; }

    /// <summary>Whether the runtime compiles at all.</summary>
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    public static bool IsSupported => RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>Compiles a region some time from now.</summary>
    /// <returns>False where too many are waiting.</returns>
    public static bool TryRequest(RegionSource source)
    {
        if (!IsSupported || !Waiting.TryAdd(source))
            return false;

        _ = Worker.Value;
        return true;
    }

    /// <summary>Compiles a region now.</summary>
    public static void Compile(RegionSource source)
    {
        if (!IsSupported)
            return;

        CompiledRegion region = RegionCompiler.Compile(source);
        long bytes = BytesOfRegion + (region.LongestPath * BytesOfInstruction);
        lock (Gate)
        {
            source.Head.Region = region;
            Kept.Enqueue((new WeakReference<CompiledRegion>(region), bytes));
            KeptBytes += bytes;
            GiveUpWhatIsTooMuch();
        }
    }

    private static void GiveUpWhatIsTooMuch()
    {
        // Each twice at most: what was used lately is spared once.
        for (int tries = 2 * Kept.Count; tries > 0 && KeptBytes > Budget && Kept.Count > 1; tries--)
            GiveUpOne();
    }

    private static void GiveUpOne()
    {
        (WeakReference<CompiledRegion> kept, long bytes) = Kept.Dequeue();
        bool isNeeded = kept.TryGetTarget(out CompiledRegion? region) && region.Head.Region == region;
        if (isNeeded && region!.WasUsed)
        {
            region.WasUsed = false;
            Kept.Enqueue((kept, bytes));
            return;
        }

        KeptBytes -= bytes;
        if (isNeeded)
            region!.Head.GiveUpRegion();
    }

    private static Thread Start()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "Lodge compiler" };
        thread.Start();
        return thread;
    }

    private static void Work()
    {
        foreach (RegionSource source in Waiting.GetConsumingEnumerable())
        {
            try
            {
                Compile(source);
            }
            catch (Exception failure)
            {
                // A mistake of this library's, which must not end the process: the interpreter goes on with the block.
                LastFailure = failure;
                if (source.Logger is { } logger)
                    SoftwareLog.NotCompiled(logger, failure, source.Head.Start);
            }
        }
    }
}
