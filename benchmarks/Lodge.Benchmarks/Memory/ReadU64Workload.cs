using System.Runtime.CompilerServices;
using Lodge.Memory;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.Read{T}"/> of 8 bytes.</summary>
internal sealed class ReadU64Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong Run(int batches) => Run(Lookups.Memory, Lookups.Addresses, batches);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses, int batches)
    {
        ulong sum = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            foreach (GuestAddress address in addresses)
                sum += memory.Read<ulong>(address);
        }

        return sum;
    }
}
