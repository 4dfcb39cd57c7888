namespace Lodge.Sandbox.Tests;

/// <summary>The software engine, which counts its machines, and fails when it is told to. Thread-safe.</summary>
internal sealed class CountingEngine : IMachineEngine
{
    private readonly SoftwareEngine _engine = Machines.Machines.Software;
    private int _alive;
    private int _mostAlive;

    /// <summary>How many machines there are.</summary>
    public int Alive => Volatile.Read(ref _alive);

    /// <summary>The most that there were at a time.</summary>
    public int MostAlive => Volatile.Read(ref _mostAlive);

    /// <summary>Says each time whether a machine cannot be made.</summary>
    public Func<bool> FailsToCreate { get; set; } = static () => false;

    /// <summary>Says each time whether a dirty log cannot be read, which every restore begins with.</summary>
    public Func<bool> FailsToHarvest { get; set; } = static () => false;

    public string Name => _engine.Name;

    public bool IsAvailable => _engine.IsAvailable;

    public string? MissingBecause => _engine.MissingBecause;

    public IVirtualMachine CreateMachine()
    {
        if (FailsToCreate())
            throw new MachineException("No machine, on purpose.");

        IVirtualMachine machine = _engine.CreateMachine();
        int alive = Interlocked.Increment(ref _alive);
        for (int most = MostAlive; most < alive;)
            most = Interlocked.CompareExchange(ref _mostAlive, alive, most) is var seen && seen == most ? alive : seen;

        return new Machine(this, machine);
    }

    public EngineProbe Probe() => _engine.Probe();

    private sealed class Machine(CountingEngine engine, IVirtualMachine machine) : DelegatingMachine(engine, machine)
    {
        private int _isDisposed;

        public override void HarvestDirty(MemorySlot slot, DirtyPages pages)
        {
            if (engine.FailsToHarvest())
                throw new MachineException("No dirty log, on purpose.");

            base.HarvestDirty(slot, pages);
        }

        public override void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                Interlocked.Decrement(ref engine._alive);

            base.Dispose();
        }
    }
}
