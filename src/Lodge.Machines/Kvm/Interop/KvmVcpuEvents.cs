namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_vcpu_events</c>, which is only given back as it was.</summary>
internal unsafe struct kvm_vcpu_events
{
    public fixed byte bytes[64];
}
