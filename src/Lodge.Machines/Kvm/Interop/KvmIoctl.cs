namespace Lodge.Machines.Interop;

/// <summary>The requests of /dev/kvm, its machines and vCPUs (Linux, <c>include/uapi/linux/kvm.h</c>), for x86-64.</summary>
internal static class KvmIoctl
{
    public const uint KVM_GET_API_VERSION = 0xAE00;
    public const uint KVM_CREATE_VM = 0xAE01;
    public const uint KVM_GET_MSR_INDEX_LIST = 0xC004_AE02;
    public const uint KVM_CHECK_EXTENSION = 0xAE03;
    public const uint KVM_GET_VCPU_MMAP_SIZE = 0xAE04;
    public const uint KVM_GET_SUPPORTED_CPUID = 0xC008_AE05;
    public const uint KVM_CREATE_VCPU = 0xAE41;
    public const uint KVM_GET_DIRTY_LOG = 0x4010_AE42;
    public const uint KVM_SET_USER_MEMORY_REGION = 0x4020_AE46;
    public const uint KVM_SET_TSS_ADDR = 0xAE47;
    public const uint KVM_RUN = 0xAE80;
    public const uint KVM_GET_REGS = 0x8090_AE81;
    public const uint KVM_SET_REGS = 0x4090_AE82;
    public const uint KVM_GET_SREGS = 0x8138_AE83;
    public const uint KVM_SET_SREGS = 0x4138_AE84;
    public const uint KVM_INTERRUPT = 0x4004_AE86;
    public const uint KVM_GET_MSRS = 0xC008_AE88;
    public const uint KVM_SET_MSRS = 0x4008_AE89;
    public const uint KVM_SET_SIGNAL_MASK = 0x4004_AE8B;
    public const uint KVM_SET_CPUID2 = 0x4008_AE90;
    public const uint KVM_SET_GUEST_DEBUG = 0x4048_AE9B;
    public const uint KVM_GET_VCPU_EVENTS = 0x8040_AE9F;
    public const uint KVM_SET_VCPU_EVENTS = 0x4040_AEA0;
    public const uint KVM_GET_DEBUGREGS = 0x8080_AEA1;
    public const uint KVM_SET_DEBUGREGS = 0x4080_AEA2;
    public const uint KVM_GET_XSAVE = 0x9000_AEA4;
    public const uint KVM_SET_XSAVE = 0x5000_AEA5;
    public const uint KVM_GET_XCRS = 0x8188_AEA6;
    public const uint KVM_SET_XCRS = 0x4188_AEA7;
    public const uint KVM_GET_XSAVE2 = 0x9000_AECF;
}
