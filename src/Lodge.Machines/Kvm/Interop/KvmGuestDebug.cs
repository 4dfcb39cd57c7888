namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_guest_debug</c>.</summary>
internal unsafe struct kvm_guest_debug
{
    public uint control;
    public uint pad;
    public fixed ulong debugreg[8];
}
