using System.Runtime.CompilerServices;
using Lodge.Memory;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.FetchAdd{T}"/> on 8 bytes, beside a locked add through a raw pointer.</summary>
internal sealed class FetchAddWorkload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override string Baseline => "Interlocked.Add through a raw pointer to the same addresses";

    public override bool IsBaselineRawPointer => false;

    public override ulong Run(int batches) => Run(Lookups.Memory, Lookups.Addresses, batches);

    public override ulong RunBaseline(int batches)
    {
        ulong sum = RunRaw(Lookups.Pointers, batches);
        GC.KeepAlive(Lookups);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses, int batches)
    {
        ulong sum = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            foreach (GuestAddress address in addresses)
                sum += memory.FetchAdd(address, 1UL);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(nint[] pointers, int batches)
    {
        ulong sum = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            // In bounds: the pointers lie in regions that the caller holds.
            foreach (nint pointer in pointers)
                sum += Interlocked.Add(ref *(ulong*)pointer, 1UL);
        }

        return sum;
    }
}
