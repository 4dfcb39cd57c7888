using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Paging;

/// <summary><see cref="PageWalker.TryTranslate"/> through four levels.</summary>
internal sealed class WalkWorkload : Workload
{
    internal const int Count = 1 << 17;

    private readonly PagedLayout _layout = new();
    private readonly GuestAddress[] _addresses = PagedLayout.RandomAddresses(PagedLayout.Pages, Count);
    private readonly PageWalker _walker;

    public WalkWorkload() => _walker = new PageWalker(_layout.Memory, _layout.Regime);

    public override long OperationsPerBatch => Count;

    public override string Baseline => "four dependent loads by raw pointers, unchecked";

    public override string WorkingSet => $"{Count:N0} shuffled addresses in {PagedLayout.Pages:N0} pages (64 MiB)";

    public override ulong RunBatch() => Run(_walker, _addresses);

    public override ulong RunBaselineBatch()
        => RunRaw(_layout.Memory.Regions[0].GetHostSlice().DangerousAddress, _layout.Regime.Lower!.Root.Value, _addresses);

    public override void Dispose() => _layout.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(PageWalker walker, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
        {
            if (!walker.TryTranslate(address, MemoryAccess.Read, Privilege.Supervisor, out PageTranslation translation, out _))
                throw new InvalidOperationException($"{address} is not mapped.");

            sum += translation.Address.Value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe ulong RunRaw(nint memory, ulong root, GuestAddress[] addresses)
    {
        const ulong AddressMask = 0x000f_ffff_ffff_f000;
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
        {
            // In bounds: the tables are of this benchmark's making, and lie in memory that it holds.
            ulong entry = root;
            for (int shift = 39; shift >= 12; shift -= 9)
                entry = *(ulong*)(memory + (nint)(entry & AddressMask) + (nint)(((address.Value >> shift) & 511) * 8));

            sum += (entry & AddressMask) | (address.Value & 4095);
        }

        return sum;
    }
}
