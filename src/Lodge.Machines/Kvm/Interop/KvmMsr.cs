namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_msrs</c> with one <c>struct kvm_msr_entry</c> behind it.</summary>
internal struct kvm_msr
{
    public uint nmsrs;
    public uint pad;
    public uint index;
    public uint reserved;
    public ulong data;
}
