using System.Collections.Immutable;

namespace Lodge.Sandbox;

/// <summary>The machine that a sandbox runs on: one vCPU, the read-only memory of a snapshot, and scratch.</summary>
internal sealed class GuestMachine : IDisposable
{
    private readonly IVirtualMachine _machine;
    private readonly MemorySlot _scratchSlot;
    private readonly List<(SnapshotLayer Layer, MemorySlot Slot)> _layers = [];
    private readonly CpuState _initialState;
    private bool _mustFlush = true;

    public GuestMachine(IMachineEngine engine, SnapshotState snapshot)
    {
        Snapshot = snapshot;
        _machine = engine.CreateMachine();
        try
        {
            Scratch = new GuestScratch(snapshot.Layout);
            Scratch.Fill(snapshot);
            _scratchSlot = _machine.Map(Scratch.Region, new MemorySlotOptions { LogDirty = true });
            MapLayers(snapshot);
            Cpu = _machine.CreateCpu();
            _initialState = CpuState.Initial(snapshot.Layout, Cpu);
            (snapshot.Cpu ?? _initialState).ApplyTo(Cpu);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What it was made from, or restored to last.</summary>
    public SnapshotState Snapshot { get; private set; }

    public IVirtualCpu Cpu { get; }

    public GuestScratch Scratch { get; }

    /// <summary>The guest-physical memory.</summary>
    public GuestMemory Memory => _machine.Memory.Current;

    /// <summary>Where the guest is.</summary>
    public GuestLocation Locate() => Snapshot.Symbols.Locate(Cpu.Registers.Rip);

    /// <summary>How the guest translates addresses now; null where its paging is none that is known.</summary>
    public TranslationRegime? ReadPaging()
    {
        // SMAP keeps a guest's kernel from its users' pages, and nobody who looks at it from outside.
        const ulong Smap = 1 << 21;
        SystemRegisters system = Cpu.SystemRegisters;
        system.Cr4 &= ~Smap;
        return TranslationRegime.TryFromX64(system.ToPagingRegisters(), out TranslationRegime? regime, out _) ? regime : null;
    }

    /// <summary>The guest-virtual memory under the tables that the guest uses now; null where its paging is none that is
    /// known.</summary>
    public PagedMemory? CreateVirtualMemory() => ReadPaging() is { } regime ? new PagedMemory(Memory, regime) : null;

    /// <summary>Makes everything as a snapshot of the same layout has it.</summary>
    public void Restore(SnapshotState snapshot)
    {
        Scratch.Reset(snapshot, Snapshot, _machine, _scratchSlot);
        if (snapshot != Snapshot)
            MapLayers(snapshot);

        Cpu.ResetHiddenState();
        (snapshot.Cpu ?? _initialState).ApplyTo(Cpu);
        Cpu.Registers = new GeneralRegisters { Rflags = GeneralRegisters.FixedFlags };
        Snapshot = snapshot;
        _mustFlush = true;
    }

    /// <summary>Sets the registers so that the guest begins where a binary does.</summary>
    public void BeginInitialization(GuestEntry entry, uint seed, int logLevel)
        => Cpu.Registers = new GeneralRegisters
        {
            Rip = entry.Address,
            Rsp = entry.StackPointer,
            Rdi = Snapshot.Layout.Peb.Start.Value,
            Rsi = seed,
            Rdx = SandboxLayout.PageBytes,
            Rcx = (ulong)logLevel,
            Rflags = GeneralRegisters.FixedFlags,
        };

    /// <summary>Sets the registers so that the guest takes a call.</summary>
    public void BeginCall(GuestEntry entry)
    {
        const ulong ZeroFlag = 1 << 6;
        Cpu.Registers = new GeneralRegisters
        {
            Rip = entry.Address,
            Rsp = entry.StackPointer,
            Rflags = GeneralRegisters.FixedFlags | (_mustFlush ? ZeroFlag : 0),
        };
        Cpu.FpuRegisters = FpuRegisters.Initial;
        _mustFlush = false;
    }

    public void Dispose()
    {
        _machine.Dispose();
        foreach ((SnapshotLayer layer, _) in _layers)
            layer.Release();

        _layers.Clear();
        Scratch?.Dispose();
    }

    // Both lists are by address, so that one pass over both finds what only one of them has.
    private void MapLayers(SnapshotState snapshot)
    {
        ImmutableArray<SnapshotLayer> layers = snapshot.Layers;
        int at = layers.Length - 1;
        for (int i = _layers.Count - 1; i >= 0; i--)
        {
            (SnapshotLayer layer, MemorySlot slot) = _layers[i];
            while (at >= 0 && layers[at].Region.Start > layer.Region.Start)
                at--;

            if (at >= 0 && layers[at] == layer)
                continue;

            _machine.Unmap(slot);
            _layers.RemoveAt(i);
            layer.Release();
        }

        for (int i = 0; i < layers.Length; i++)
        {
            SnapshotLayer layer = layers[i];
            if (i < _layers.Count && _layers[i].Layer == layer)
                continue;

            MemorySlot slot = _machine.Map(layer.Region, new MemorySlotOptions { Code = layer.Code });
            layer.Hold();
            _layers.Insert(i, (layer, slot));
        }
    }
}
