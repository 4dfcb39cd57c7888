using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Memory;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Paging;

/// <summary>A read of 8 bytes through <see cref="PagedMemory"/>, with all translations in its TLB.</summary>
internal sealed class PagedReadU64Workload : Workload
{
    internal const int Count = 1 << 18;

    private readonly PagedLayout _layout;
    private readonly GuestAddress[] _addresses;
    private readonly PagedMemory _memory;
    private readonly nint[] _pointers = new nint[Count];
    private readonly int _pages;

    /// <param name="pages">How many pages are read.</param>
    public PagedReadU64Workload(int pages)
    {
        _pages = pages;
        _layout = new PagedLayout(pages);
        _addresses = PagedLayout.RandomAddresses(pages, Count);
        _memory = new PagedMemory(_layout.Memory, _layout.Regime);

        // Memory that was never written is all one zero page, which would be in the first cache for nothing.
        for (int i = 0; i < Count; i++)
        {
            _memory.Write(_addresses[i], _addresses[i].Value);
            _memory.TryGetSlice(_addresses[i], sizeof(ulong), MemoryAccess.Read, out GuestSlice slice, out _);
            _pointers[i] = slice.DangerousAddress;
        }
    }

    public override long OperationsPerBatch => Count;

    public override string Baseline => "a raw pointer to the same addresses";

    public override bool IsBaselineRawPointer => _pages <= Lookups.Pages;

    public override string WorkingSet => $"{Count:N0} shuffled addresses in {_pages:N0} pages";

    public override ulong RunBatch() => Run(_memory, _addresses);

    public override ulong RunBaselineBatch() => Lookups.ReadRaw(_pointers);

    public override void Dispose() => _layout.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(PagedMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
            sum += memory.Read<ulong>(address);

        return sum;
    }
}
