namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_interrupt</c>.</summary>
internal struct kvm_interrupt
{
    public uint irq;
}
