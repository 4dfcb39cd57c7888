using System.Runtime.CompilerServices;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary><see cref="GuestMemory.GetSlices"/> over regions that touch; an operation is one fragment.</summary>
internal sealed class FragmentsWorkload : Workload
{
    internal const int Fragments = 64;
    private const ulong FragmentBytes = 64 << 10;
    private const ulong Start = 1 << 20;

    private readonly GuestMemory _memory = GuestMemory.Create(
        [.. Enumerable.Range(0, Fragments).Select(i => MemoryRegion.Anonymous(Start + ((ulong)i * FragmentBytes), FragmentBytes))]);

    public override long OperationsPerBatch => Fragments;

    public override string WorkingSet => $"{Fragments} touching regions of 64 KiB";

    public override ulong RunBatch()
    {
        ulong bytes = Run(_memory);
        return bytes == Fragments * FragmentBytes ? bytes : throw new InvalidOperationException("A fragment is missing.");
    }

    public override void Dispose() => _memory.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Run(GuestMemory memory)
    {
        ulong bytes = 0;
        foreach (GuestSlice slice in memory.GetSlices(Start, Fragments * FragmentBytes, MemoryAccess.Read))
            bytes += slice.Length;

        return bytes;
    }
}
