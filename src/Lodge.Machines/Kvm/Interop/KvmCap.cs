namespace Lodge.Machines.Interop;

/// <summary>The capabilities of KVM that are asked for (<c>KVM_CAP_*</c>).</summary>
internal static class KvmCap
{
    public const int KVM_CAP_USER_MEMORY = 3;
    public const int KVM_CAP_SET_TSS_ADDR = 4;
    public const int KVM_CAP_EXT_CPUID = 7;
    public const int KVM_CAP_NR_MEMSLOTS = 10;
    public const int KVM_CAP_SYNC_MMU = 16;
    public const int KVM_CAP_DESTROY_MEMORY_REGION_WORKS = 21;
    public const int KVM_CAP_SET_GUEST_DEBUG = 23;
    public const int KVM_CAP_VCPU_EVENTS = 41;
    public const int KVM_CAP_DEBUGREGS = 50;
    public const int KVM_CAP_XSAVE = 55;
    public const int KVM_CAP_XCRS = 56;
    public const int KVM_CAP_MAX_VCPUS = 66;
    public const int KVM_CAP_READONLY_MEM = 81;
    public const int KVM_CAP_IMMEDIATE_EXIT = 136;
    public const int KVM_CAP_XSAVE2 = 208;
}
