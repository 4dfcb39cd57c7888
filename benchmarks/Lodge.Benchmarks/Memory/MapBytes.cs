namespace Lodge.Benchmarks.Memory;

/// <summary>What a map takes besides its regions.</summary>
internal static class MapBytes
{
    /// <summary>The managed memory that is allocated to make a map of so many regions, in bytes.</summary>
    public static double Measure(int regions)
    {
        MemoryRegion[] all = LookupLayout.Even(regions);
        long before = GC.GetAllocatedBytesForCurrentThread();
        GuestMemory memory = GuestMemory.Create(all);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        memory.Dispose();
        return allocated;
    }
}
