using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.TryRead{T}"/> of addresses at which there is nothing.</summary>
internal sealed class TryReadFaultWorkload : Workload
{
    internal const int Count = 1 << 14;
    private const ulong Gap = 2 << 20;

    private readonly GuestMemory _memory = GuestMemory.Create(LookupLayout.Even(8));
    private readonly GuestAddress[] _addresses = new GuestAddress[Count];

    public TryReadFaultWorkload()
    {
        var random = new Random(1);
        for (int i = 0; i < Count; i++)
        {
            GuestAddress end = _memory.Regions[random.Next(_memory.Regions.Length)].Range.Last + 1;
            _addresses[i] = end + ((ulong)random.Next((int)Gap / sizeof(ulong)) * sizeof(ulong));
        }
    }

    public override long OperationsPerBatch => Count;

    public override string WorkingSet => $"{Count:N0} addresses between and behind 8 regions";

    public override ulong RunBatch()
    {
        ulong faults = Run(_memory, _addresses);
        return faults == Count ? faults : throw new InvalidOperationException("A read of nothing succeeded.");
    }

    public override void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory, GuestAddress[] addresses)
    {
        ulong faults = 0;
        foreach (GuestAddress address in addresses)
        {
            if (!memory.TryRead(address, out ulong _, out AccessFault fault) && fault.Kind == FaultKind.Unmapped)
                faults++;
        }

        return faults;
    }
}
