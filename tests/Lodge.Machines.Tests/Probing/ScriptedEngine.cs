namespace Lodge.Machines.Tests;

/// <summary>An engine whose vCPUs do what a test says, and have memory for the guest's tables.</summary>
internal sealed class ScriptedEngine(Func<ScriptedEngine.Cpu, VmExit> run) : IMachineEngine
{
    public string Name => "scripted";

    public bool IsAvailable => true;

    public string? MissingBecause => null;

    public IVirtualMachine CreateMachine() => new Machine(this);

    public EngineProbe Probe() => throw new NotSupportedException();

    private sealed class Machine(ScriptedEngine engine) : IVirtualMachine
    {
        public IMachineEngine Engine => engine;

        public LiveGuestMemory Memory { get; } = new(GuestMemory.Empty);

        public IReadOnlyList<MemorySlot> Slots => [];

        public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null)
        {
            Memory.Update(memory => memory.With(region));
            return new MemorySlot(this, 0, region);
        }

        public void Unmap(MemorySlot slot) => throw new NotSupportedException();

        public void SetDirtyLogging(MemorySlot slot, bool enabled) => throw new NotSupportedException();

        public void HarvestDirty(MemorySlot slot, DirtyPages pages) => throw new NotSupportedException();

        public IVirtualCpu CreateCpu() => new Cpu(this, engine.Execute);

        public void Dispose()
        {
        }
    }

    private VmExit Execute(Cpu cpu) => run(cpu);

    internal sealed class Cpu(IVirtualMachine machine, Func<Cpu, VmExit> run) : IVirtualCpu
    {
        public SemaphoreSlim Cancelled { get; } = new(0);

        public IVirtualMachine Machine => machine;

        public GeneralRegisters Registers { get; set; }

        public SystemRegisters SystemRegisters { get; set; }

        public DebugRegisters DebugRegisters { get; set; }

        public FpuRegisters FpuRegisters { get; set; }

        public int XsaveSize => 0;

        public bool TryGetMsr(uint index, out ulong value) => throw new NotSupportedException();

        public bool TrySetMsr(uint index, ulong value) => throw new NotSupportedException();

        public void GetXsave(Span<byte> destination) => throw new NotSupportedException();

        public void SetXsave(ReadOnlySpan<byte> source) => throw new NotSupportedException();

        public void ResetHiddenState() => throw new NotSupportedException();

        public VmExit Run() => run(this);

        public void Answer(ulong value)
        {
        }

        public bool TryInterrupt(byte vector) => throw new NotSupportedException();

        public void SetDebugging(GuestDebugging? debugging) => throw new NotSupportedException();

        public void Cancel() => Cancelled.Release();

        public void Dispose() => Cancelled.Dispose();
    }
}
