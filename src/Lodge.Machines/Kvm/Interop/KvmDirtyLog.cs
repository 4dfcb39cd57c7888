namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_dirty_log</c>.</summary>
internal struct kvm_dirty_log
{
    public uint slot;
    public uint padding1;
    public ulong dirty_bitmap;
}
