using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.LoadU32"/>, as an emulator's interpreter calls it.</summary>
internal sealed class LoadU32Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
        {
            if (memory.LoadU32(address, out uint value) == FaultKind.None)
                sum += value;
        }

        return sum;
    }
}
