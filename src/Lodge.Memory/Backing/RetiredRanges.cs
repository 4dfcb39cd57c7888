namespace Lodge.Memory;

/// <summary>Counts disposed address ranges that wait for the garbage collector, and asks for it when they are many.</summary>
/// <remarks>
/// Such a range weighs nothing in the collector's eyes, but the system allows only so many (65,530 on Linux by default).
/// Memory pressure would be the wrong tool: it counts bytes, and large guests would cause a collection each.
/// </remarks>
internal static class RetiredRanges
{
    private static long Count;
    private static long Bytes;
    private static long NextCount = HostMapping.DefaultRetiredRangeLimit;
    private static long NextBytes = HostMapping.DefaultRetiredByteLimit;
    private static int Collecting;

    public static long CurrentCount => Volatile.Read(ref Count);

    public static void Add(ulong bytes)
    {
        long count = Interlocked.Increment(ref Count);
        long total = Interlocked.Add(ref Bytes, (long)Math.Min(bytes, long.MaxValue / 2));
        if (count >= Volatile.Read(ref NextCount) || total >= Volatile.Read(ref NextBytes))
            Collect();
    }

    public static void Remove(ulong bytes)
    {
        long count = Interlocked.Decrement(ref Count);
        long total = Interlocked.Add(ref Bytes, -(long)Math.Min(bytes, long.MaxValue / 2));

        // The thresholds that a crowd of held ranges pushed up come down again with it.
        if (Volatile.Read(ref NextCount) > count + HostMapping.RetiredRangeLimit)
            Volatile.Write(ref NextCount, count + HostMapping.RetiredRangeLimit);

        if (Volatile.Read(ref NextBytes) > total + HostMapping.RetiredByteLimit)
            Volatile.Write(ref NextBytes, total + HostMapping.RetiredByteLimit);
    }

    // Young generations first: most ranges that are disposed in numbers were short-lived. Their finalizers run on another
    // thread, so this one gives them a moment, bounded because a finalizer may in turn wait for a lock of our caller's.
    private static void Collect()
    {
        if (Interlocked.Exchange(ref Collecting, 1) != 0)
            return;

        try
        {
            for (int generation = 0; generation <= GC.MaxGeneration && IsOverHalf(); generation++)
            {
                GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
                for (int waits = 0; waits < 20 && IsOverHalf(); waits++)
                    Thread.Sleep(1);
            }

            // What a full collection did not free is held by somebody: ask again only when as much has come on top.
            Volatile.Write(ref NextCount, Volatile.Read(ref Count) + HostMapping.RetiredRangeLimit);
            Volatile.Write(ref NextBytes, Volatile.Read(ref Bytes) + HostMapping.RetiredByteLimit);
        }
        finally
        {
            Volatile.Write(ref Collecting, 0);
        }
    }

    private static bool IsOverHalf()
        => Volatile.Read(ref Count) > HostMapping.RetiredRangeLimit / 2 || Volatile.Read(ref Bytes) > HostMapping.RetiredByteLimit / 2;
}
