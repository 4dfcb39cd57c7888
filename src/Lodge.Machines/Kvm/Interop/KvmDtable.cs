namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_dtable</c>.</summary>
internal unsafe struct kvm_dtable
{
    public ulong @base;
    public ushort limit;
    public fixed ushort padding[3];
}
