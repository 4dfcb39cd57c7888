using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.Write{T}"/> of 8 bytes.</summary>
internal sealed class WriteU64Workload(params MemoryRegion[] regions) : LookupWorkload(regions)
{
    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    public override ulong RunBaselineBatch()
    {
        ulong sum = Lookups.WriteRaw(Lookups.Pointers);
        GC.KeepAlive(Lookups);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong value = 0;
        ref readonly Four<GuestAddress> end = ref Four<GuestAddress>.End(addresses);
        for (ref readonly Four<GuestAddress> four = ref Four<GuestAddress>.Start(addresses); four.IsBefore(in end); four = ref four.Next)
        {
            memory.Write(four.First, value++);
            memory.Write(four.Second, value++);
            memory.Write(four.Third, value++);
            memory.Write(four.Fourth, value++);
        }

        return value;
    }
}
