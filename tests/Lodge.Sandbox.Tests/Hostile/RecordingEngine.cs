namespace Lodge.Sandbox.Tests;

/// <summary>An engine that remembers the vCPUs that it made, because a sandbox shows nobody its own.</summary>
internal sealed class RecordingEngine(IMachineEngine engine) : IMachineEngine
{
    public List<IVirtualCpu> Cpus { get; } = [];

    public string Name => engine.Name;

    public bool IsAvailable => engine.IsAvailable;

    public string? MissingBecause => engine.MissingBecause;

    public IVirtualMachine CreateMachine() => new Machine(this, engine.CreateMachine());

    public EngineProbe Probe() => engine.Probe();

    private sealed class Machine(RecordingEngine engine, IVirtualMachine machine) : DelegatingMachine(engine, machine)
    {
        public override IVirtualCpu CreateCpu()
        {
            IVirtualCpu cpu = base.CreateCpu();
            engine.Cpus.Add(cpu);
            return cpu;
        }
    }
}
