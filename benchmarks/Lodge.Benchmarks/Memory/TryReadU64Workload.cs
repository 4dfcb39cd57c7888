using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.TryRead{T}"/> of 8 bytes that are there.</summary>
internal sealed class TryReadU64Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
        {
            if (memory.TryRead(address, out ulong value, out AccessFault _))
                sum += value;
        }

        return sum;
    }
}
