using System.Globalization;
using Lodge.Benchmarks.Quick;

namespace Lodge.Benchmarks.Memory;

/// <summary>Copies between guest memory and one buffer, from places that lie in 256 KiB (or in one piece that is larger).</summary>
internal abstract class CopyWorkload : Workload
{
    private const ulong Populated = 256 << 10;
    internal const int PlacesPerBatch = 64;

    protected CopyWorkload(int bytes)
    {
        // The places start at a multiple of 4 MiB and are in one granule of the map, as most copies are.
        const ulong Start = 1 << 30;
        ulong length = Math.Max((ulong)bytes, Populated);
        Memory = GuestMemory.Create(LookupLayout.Even(1));
        Memory.Fill(Start, length, 1);
        Buffer = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        Buffer.AsSpan().Fill(2);

        var random = new Random(1);
        Addresses = new GuestAddress[PlacesPerBatch];
        Pointers = new nint[Addresses.Length];
        for (int i = 0; i < Addresses.Length; i++)
        {
            Addresses[i] = Start + ((ulong)random.Next((int)(length / (ulong)bytes)) * (ulong)bytes);
            Pointers[i] = Memory.Regions[0].GetHostSlice().DangerousAddress + (nint)(Addresses[i] - Memory.Regions[0].Start);
        }

        WorkingSet = string.Create(
            CultureInfo.InvariantCulture, $"{PlacesPerBatch} copies of places in {length >> 10} KiB of guest memory, one buffer of {bytes} B");
    }

    public override long OperationsPerBatch => PlacesPerBatch;

    public override string Baseline => "Span.CopyTo between the same places";

    public override string WorkingSet { get; }

    protected GuestMemory Memory { get; }

    protected GuestAddress[] Addresses { get; }

    protected nint[] Pointers { get; }

    protected byte[] Buffer { get; }

    public override void Dispose() => Memory.Dispose();
}
