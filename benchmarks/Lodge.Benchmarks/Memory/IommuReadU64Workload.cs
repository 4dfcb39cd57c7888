using System.Globalization;
using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary>A read of 8 bytes through <see cref="IommuMemory"/>, with all translations known.</summary>
internal sealed class IommuReadU64Workload : Workload
{
    internal const int Count = 1 << 18;
    private const int TargetPages = 64;
    private const ulong PageBytes = 4 << 10;
    private const ulong FirstPage = 0xf_0000;
    private const int ScatteredBits = 24;

    private readonly GuestMemory _physical = GuestMemory.Create(LookupLayout.Even(1));
    private readonly GuestAddress[] _addresses = new GuestAddress[Count];
    private readonly IommuMemory _memory;

    /// <param name="mappings">How many mappings of one page there are, all of them used. They lead to 64 pages.</param>
    /// <param name="isScattered">Whether the I/O-virtual pages lie anywhere, and not one after another as allocators give them.</param>
    public IommuReadU64Workload(int mappings, bool isScattered = false)
    {
        var random = new Random(1);
        var iotlb = new Iotlb();
        ulong[] pages = isScattered
            ? [.. RandomPages(random).Distinct().Take(mappings)]
            : [.. Enumerable.Range(0, mappings).Select(i => FirstPage + (ulong)i)];
        random.Shuffle(pages);
        for (int i = 0; i < mappings; i++)
        {
            var range = new GuestRange(pages[i] * PageBytes, PageBytes);
            ulong target = (ulong)(i % TargetPages) * (_physical.Regions[0].Size / TargetPages) + ((ulong)random.Next(64) * PageBytes);
            target = i < TargetPages ? target : TargetOf(iotlb, pages[i % TargetPages]);
            iotlb.TryMap(new IommuMapping(range, target, MemoryAccess.ReadWrite));
            _physical.Write(target, 1UL);
        }

        for (int i = 0; i < Count; i++)
            _addresses[i] = (pages[i % mappings] * PageBytes) + ((ulong)random.Next((int)PageBytes / sizeof(ulong)) * sizeof(ulong));

        random.Shuffle(_addresses);
        _memory = new IommuMemory(_physical, iotlb);
        WorkingSet = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count:N0} shuffled addresses in {mappings:N0} {(isScattered ? "scattered" : "neighbouring")} page(s), {Math.Min(mappings, TargetPages)} host page(s)");
    }

    public override long OperationsPerBatch => Count;

    public override string WorkingSet { get; }

    public override ulong RunBatch() => Run(_memory, _addresses);

    public override void Dispose() => _physical.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(IommuMemory memory, GuestAddress[] addresses)
    {
        ulong sum = 0;
        foreach (GuestAddress address in addresses)
            sum += memory.Read<ulong>(address);

        return sum;
    }

    private static IEnumerable<ulong> RandomPages(Random random)
    {
        while (true)
            yield return (ulong)random.Next(1 << ScatteredBits);
    }

    private static ulong TargetOf(Iotlb iotlb, ulong page)
        => iotlb.TryLookup(page * PageBytes, out IommuMapping mapping) ? mapping.Target.Value : throw new InvalidOperationException("A mapping is gone.");
}
