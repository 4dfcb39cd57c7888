namespace Lodge.Sandbox.Tests;

/// <summary>A machine that does what another one does; what differs is a test's.</summary>
internal abstract class DelegatingMachine(IMachineEngine engine, IVirtualMachine machine) : IVirtualMachine
{
    public IMachineEngine Engine => engine;

    public LiveGuestMemory Memory => machine.Memory;

    public IReadOnlyList<MemorySlot> Slots => machine.Slots;

    public MemorySlot Map(MemoryRegion region, MemorySlotOptions? options = null) => machine.Map(region, options);

    public void Unmap(MemorySlot slot) => machine.Unmap(slot);

    public void SetDirtyLogging(MemorySlot slot, bool enabled) => machine.SetDirtyLogging(slot, enabled);

    public virtual void HarvestDirty(MemorySlot slot, DirtyPages pages) => machine.HarvestDirty(slot, pages);

    public virtual IVirtualCpu CreateCpu() => machine.CreateCpu();

    public virtual void Dispose() => machine.Dispose();
}
