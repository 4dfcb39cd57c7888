using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>All that a sandbox is made from. Nothing of it changes.</summary>
internal sealed class SnapshotState
{
    public required SandboxLayout Layout { get; init; }

    /// <summary>The memory, by guest-physical address.</summary>
    public required ImmutableArray<SnapshotLayer> Layers { get; init; }

    /// <summary>The page tables, as they go to the layout's <see cref="SandboxLayout.PageTables"/>.</summary>
    public required byte[] Tables { get; init; }

    /// <summary>The vCPU's state; nothing for the state in which guests begin.</summary>
    public required CpuState? Cpu { get; init; }

    public required GuestEntry Entry { get; init; }

    /// <summary>The names in the binary.</summary>
    public required GuestSymbols Symbols { get; init; }

    /// <summary>How many snapshots lie between this one and the binary.</summary>
    public required ulong Generation { get; init; }

    /// <summary>The first guest-physical address behind the layers.</summary>
    public GuestAddress End
    {
        get
        {
            MemoryRegion last = Layers[^1].Region;
            return last.Start + last.Size;
        }
    }

    public void Hold()
    {
        foreach (SnapshotLayer layer in Layers)
            layer.Hold();
    }

    public void Release()
    {
        foreach (SnapshotLayer layer in Layers)
            layer.Release();
    }
}
