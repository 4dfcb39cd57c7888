using System.Security.Cryptography;

namespace Lodge.Sandbox;

/// <summary>The host's side of a sandbox's scratch memory: what lies where in it, and how it becomes as a snapshot has
/// it.</summary>
internal sealed class GuestScratch : IDisposable
{
    private readonly SandboxLayout _layout;
    private readonly DirtyPages _written = new();

    // The same memory, for writes after which it is as its snapshot has it, and so not counted as changed.
    private readonly MemoryRegion _unmarked;

    public GuestScratch(SandboxLayout layout)
    {
        _layout = layout;
        Region = MemoryRegion.Anonymous(
            layout.Scratch.Start,
            layout.Scratch.Length,
            new RegionOptions { Label = "scratch", Dirty = new DirtyBitmap(layout.Scratch.Length) });
        _unmarked = Region.WithDirty(null);
        Input = new GuestStack(Region, layout.Input, "input buffer");
        Output = new GuestStack(Region, layout.Output, "output buffer");
    }

    public MemoryRegion Region { get; }

    /// <summary>The buffer from the host to the guest.</summary>
    public GuestStack Input { get; }

    /// <summary>The buffer from the guest to the host.</summary>
    public GuestStack Output { get; }

    /// <summary>Fills memory that is zero.</summary>
    public void Fill(SnapshotState snapshot)
    {
        _unmarked.GetHostSlice().CopyFrom(TablesOffset, snapshot.Tables);
        WriteWords(snapshot);
    }

    /// <summary>Makes the memory as a snapshot has it, by what was written since it was as another has it.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="before">The other, or the same.</param>
    /// <param name="machine">The machine, which knows what the guest has written.</param>
    /// <param name="slot">The memory's slot.</param>
    public void Reset(SnapshotState snapshot, SnapshotState before, IVirtualMachine machine, MemorySlot slot)
    {
        machine.HarvestDirty(slot, _written);
        foreach (GuestRange range in _written)
            Reset(snapshot, range.Start.Value, range.Length);

        if (snapshot != before)
            Reset(snapshot, TablesOffset, (ulong)Math.Max(snapshot.Tables.Length, before.Tables.Length));

        WriteWords(snapshot);
    }

    public void Dispose() => Region.Dispose();

    private ulong TablesOffset => _layout.PageTables - _layout.Scratch.Start;

    private void Reset(SnapshotState snapshot, ulong start, ulong length)
    {
        GuestSlice slice = _unmarked.GetHostSlice();
        slice.Slice(start, length).Fill(0);
        ulong first = Math.Max(start, TablesOffset);
        ulong end = Math.Min(start + length, TablesOffset + (ulong)snapshot.Tables.Length);
        if (first < end)
            slice.CopyFrom(first, snapshot.Tables.AsSpan((int)(first - TablesOffset), (int)(end - first)));
    }

    private void WriteWords(SnapshotState snapshot)
    {
        GuestSlice slice = _unmarked.GetHostSlice();
        slice.Write(0, GuestStack.Empty);
        slice.Write(_layout.Output.Start - _layout.Scratch.Start, GuestStack.Empty);
        WriteWord(slice, Bookkeeping.ScratchSize, _layout.Scratch.Length);
        WriteWord(slice, Bookkeeping.NextFree, _layout.PageTables.Value + (ulong)snapshot.Tables.Length);
        WriteWord(slice, Bookkeeping.SnapshotTables, snapshot.End.Value);
        WriteWord(slice, Bookkeeping.Generation, snapshot.Generation);
        var seed = (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
        WriteWord(slice, Bookkeeping.Reseed, Bookkeeping.ReseedRequested | seed);
    }

    private static void WriteWord(GuestSlice scratch, ulong distance, ulong value)
        => scratch.Write(scratch.Length - distance, value);
}
