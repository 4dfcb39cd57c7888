using System.Runtime.CompilerServices;
using Lodge.Memory;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.Write{T}"/> of 8 bytes.</summary>
internal sealed class WriteU64Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong Run(int batches) => Run(Lookups.Memory, Lookups.Addresses, batches);

    public override ulong RunBaseline(int batches)
    {
        ulong sum = Lookups.WriteRaw(Lookups.Pointers, batches);
        GC.KeepAlive(Lookups);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong Run(GuestMemory memory, GuestAddress[] addresses, int batches)
    {
        ulong value = 0;
        for (int batch = 0; batch < batches; batch++)
        {
            foreach (GuestAddress address in addresses)
                memory.Write(address, value++);
        }

        return value;
    }
}
