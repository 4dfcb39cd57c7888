using System.Runtime.CompilerServices;
using Lodge.Memory;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.LoadU32"/>, as an emulator's interpreter calls it.</summary>
internal sealed class LoadU32Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong Run(int batches) => Run(Lookups.Memory, Lookups.Addresses, batches);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses, int batches)
    {
        ulong sum = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            foreach (GuestAddress address in addresses)
            {
                if (memory.LoadU32(address, out uint value) == FaultKind.None)
                    sum += value;
            }
        }

        return sum;
    }
}
