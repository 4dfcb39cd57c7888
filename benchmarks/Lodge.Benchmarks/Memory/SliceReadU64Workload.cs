using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestSlice.Read{T}"/> of 8 bytes, in a slice of a whole region.</summary>
internal sealed class SliceReadU64Workload : LookupWorkload
{
    private readonly ulong[] _offsets;

    public SliceReadU64Workload()
        : base(LookupLayout.Even(1))
        => _offsets = Array.ConvertAll(Lookups.Addresses, address => address - Lookups.Memory.Regions[0].Start);

    public override ulong RunBatch()
    {
        MemoryRegion region = Lookups.Memory.Regions[0];
        return Run(region.GetSlice(0, region.Size, MemoryAccess.Read), _offsets);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestSlice slice, ulong[] offsets)
    {
        ulong sum = 0;
        ref readonly Four<ulong> end = ref Four<ulong>.End(offsets);
        for (ref readonly Four<ulong> four = ref Four<ulong>.Start(offsets); four.IsBefore(in end); four = ref four.Next)
        {
            sum += slice.Read<ulong>(four.First);
            sum += slice.Read<ulong>(four.Second);
            sum += slice.Read<ulong>(four.Third);
            sum += slice.Read<ulong>(four.Fourth);
        }

        return sum;
    }
}
