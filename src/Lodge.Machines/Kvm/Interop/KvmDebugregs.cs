namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_debugregs</c>.</summary>
internal unsafe struct kvm_debugregs
{
    public fixed ulong db[4];
    public ulong dr6;
    public ulong dr7;
    public ulong flags;
    public fixed ulong reserved[9];
}
