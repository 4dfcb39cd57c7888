using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory.Tests;

/// <summary>Runs the garbage collector and the finalizers.</summary>
internal static class Collector
{
    public static void Collect()
    {
        // Twice: what the first one's finalizers let go of is the second one's.
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Collects until something is so; false if that takes too long.</summary>
    public static bool CollectUntil(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            Collect();
            if (condition())
                return true;

            Thread.Sleep(5);
        }

        return false;
    }

    /// <summary>Runs something in a frame of its own, so that nothing it used is still on the stack afterwards.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T InFrameOfItsOwn<T>(Func<T> make) => make();

    /// <summary>Empties a box in a frame of its own, after something was done with what it held.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LetGo<T>(StrongBox<T?> box, Action<T>? last = null) where T : class
    {
        last?.Invoke(box.Value!);
        box.Value = null;
    }
}
