using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.Read{T}"/> of 8 bytes.</summary>
internal sealed class ReadU64Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        ref readonly Four<GuestAddress> end = ref Four<GuestAddress>.End(addresses);
        for (ref readonly Four<GuestAddress> four = ref Four<GuestAddress>.Start(addresses); four.IsBefore(in end); four = ref four.Next)
        {
            sum += memory.Read<ulong>(four.First);
            sum += memory.Read<ulong>(four.Second);
            sum += memory.Read<ulong>(four.Third);
            sum += memory.Read<ulong>(four.Fourth);
        }

        return sum;
    }
}
