namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_cpuid_entry2</c>.</summary>
internal unsafe struct kvm_cpuid_entry2
{
    public uint function;
    public uint index;
    public uint flags;
    public uint eax;
    public uint ebx;
    public uint ecx;
    public uint edx;
    public fixed uint padding[3];
}
