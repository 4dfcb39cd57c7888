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

    private sealed class Machine(RecordingEngine engine, IVirtualMachine machine) : IVirtualMachine
    {
        public IMachineEngine Engine => engine;

        public LiveGuestMemory Memory => machine.Memory;

        public IReadOnlyList<MemorySlot> Slots => machine.Slots;

        public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null) => machine.Map(region, options);

        public void Unmap(MemorySlot slot) => machine.Unmap(slot);

        public void SetDirtyLogging(MemorySlot slot, bool enabled) => machine.SetDirtyLogging(slot, enabled);

        public void HarvestDirty(MemorySlot slot, DirtyPages pages) => machine.HarvestDirty(slot, pages);

        public IVirtualCpu CreateCpu()
        {
            IVirtualCpu cpu = machine.CreateCpu();
            engine.Cpus.Add(cpu);
            return cpu;
        }

        public void Dispose() => machine.Dispose();
    }
}
