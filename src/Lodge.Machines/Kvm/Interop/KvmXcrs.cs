namespace Lodge.Machines.Interop;

/// <summary><c>struct kvm_xcrs</c>, which is only given back as it was.</summary>
internal unsafe struct kvm_xcrs
{
    public fixed byte bytes[392];
}
