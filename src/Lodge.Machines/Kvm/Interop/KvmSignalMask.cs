namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_signal_mask</c>, with the one word that the kernel's sets have. It is followed directly, so at a
/// multiple of 4.</summary>
internal struct kvm_signal_mask
{
    public uint len;
    public uint sigset_low;
    public uint sigset_high;
}
