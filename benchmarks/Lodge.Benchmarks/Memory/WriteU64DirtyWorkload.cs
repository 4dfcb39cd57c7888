using System.Runtime.CompilerServices;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.Write{T}"/> of 8 bytes to pages that are marked already, beside one that marks nothing.</summary>
internal sealed class WriteU64DirtyWorkload : LookupWorkload
{
    private readonly Lookups _untracked = new(LookupLayout.Even(1));

    public WriteU64DirtyWorkload()
        : base(LookupLayout.Even(1, new RegionOptions { Dirty = new DirtyBitmap(8UL << 30) }))
    {
    }

    public override string Baseline => "memory/write-u64/1-region";

    public override bool IsBaselineRawPointer => false;

    public override string WorkingSet => $"{Lookups.WorkingSet}, all marked";

    public override ulong RunBatch() => Run(Lookups.Memory, Lookups.Addresses);

    public override ulong RunBaselineBatch() => WriteU64Workload.Run(_untracked.Memory, _untracked.Addresses);

    public override void Dispose()
    {
        base.Dispose();
        _untracked.Dispose();
    }

    // The same loop as the baseline's, and yet another method: the two would share one profile, and be laid out for either.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
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
