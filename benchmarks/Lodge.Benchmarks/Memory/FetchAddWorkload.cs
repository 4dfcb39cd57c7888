using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.FetchAdd{T}"/> on 8 bytes, beside a locked add through a raw pointer.</summary>
internal sealed class FetchAddWorkload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override string Baseline => "Interlocked.Add through a raw pointer to the same addresses";

    public override bool IsBaselineRawPointer => false;

    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    public override ulong RunBaselineBatch()
    {
        ulong sum = RunRaw(Lookups.Pointers);
        GC.KeepAlive(Lookups);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
            sum += memory.FetchAdd(address, 1UL);

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(nint[] pointers)
    {
        ulong sum = 0;

        // In bounds: the pointers lie in regions that the caller holds.
        foreach (nint pointer in pointers)
            sum += Interlocked.Add(ref *(ulong*)pointer, 1UL);

        return sum;
    }
}
