using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;
using Lodge.Memory;
using Lodge.Paging;

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

    public override string WorkingSet => $"{Count:N0} shuffled addresses in {PagedLayout.Pages:N0} pages (64 MiB)";

    public override ulong RunBatch() => Run(_walker, _addresses);

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
}
