using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>/dev/kvm, opened and found good enough: there is one in a process.</summary>
internal sealed unsafe class KvmSystem
{
    public const int ApiVersion = 12;
    private const string Device = "/dev/kvm";

    private static readonly Lock Gate = new();
    private static volatile KvmSystem? Current;

    private readonly SafeFileHandle _device;

    private KvmSystem(SafeFileHandle device)
    {
        _device = device;
        MostSlots = Capability(KvmCap.KVM_CAP_NR_MEMSLOTS);
        HasTssAddress = Capability(KvmCap.KVM_CAP_SET_TSS_ADDR) > 0;
        RunAreaSize = Required(KvmIoctl.KVM_GET_VCPU_MMAP_SIZE, "ask for the size of a vCPU's run area (KVM_GET_VCPU_MMAP_SIZE)");
        HasXcrs = Capability(KvmCap.KVM_CAP_XCRS) > 0;
        CpuidEntries = KvmCpuid.Supported(device);
    }

    /// <summary>How many slots a machine can have.</summary>
    public int MostSlots { get; }

    /// <summary>Whether the kernel wants to be told where it may keep a task-state segment.</summary>
    public bool HasTssAddress { get; }

    /// <summary>The bytes of a vCPU's run area.</summary>
    public int RunAreaSize { get; }

    /// <summary>Whether a vCPU's extended control registers can be read and set.</summary>
    public bool HasXcrs { get; }

    /// <summary>What KVM says of the processor that guests can have.</summary>
    public IReadOnlyList<kvm_cpuid_entry2> CpuidEntries { get; }

    /// <summary>The device, opened at the first call that can do so.</summary>
    /// <param name="system">The device.</param>
    /// <param name="missing">Why it cannot be used, and what to do about it.</param>
    public static bool TryOpen([NotNullWhen(true)] out KvmSystem? system, [NotNullWhen(false)] out string? missing)
    {
        system = Current;
        missing = null;
        if (system is not null)
            return true;

        lock (Gate)
        {
            system = Current ?? TryOpenUnsynchronized(out missing);
            Current = system;
        }

        // Where there is no device, a reason was given.
        return system is not null || (missing ??= KvmMissing.Unknown) is null;
    }

    /// <summary>The model-specific registers that KVM keeps for guests.</summary>
    public uint[] MsrIndices() => KvmHiddenState.Indices(_device);

    /// <summary>Creates a machine, and returns its descriptor.</summary>
    public SafeFileHandle CreateVm()
    {
        while (true)
        {
            int fd = Libc.ioctl(_device, KvmIoctl.KVM_CREATE_VM, null);
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
                throw new MachineException("create a machine (KVM_CREATE_VM)", errno, KvmMissing.AdviceForCreating(errno));
        }
    }

    private static KvmSystem? TryOpenUnsynchronized(out string? missing)
    {
        missing = KvmMissing.OnThisSystem();
        if (missing is not null)
            return null;

        SafeFileHandle device = Libc.open(Device, Libc.O_RDWR | Libc.O_CLOEXEC);
        if (device.IsInvalid)
        {
            missing = KvmMissing.CannotOpen(Marshal.GetLastPInvokeError());
            return null;
        }

        try
        {
            missing = WhatIsMissing(device);
            if (missing is not null)
            {
                device.Dispose();
                return null;
            }

            var system = new KvmSystem(device);
            system.CreateVm().Dispose();
            return system;
        }
        catch (MachineException e)
        {
            device.Dispose();
            missing = e.Message;
            return null;
        }
    }

    private static string? WhatIsMissing(SafeFileHandle device)
    {
        int version = Libc.ioctl(device, KvmIoctl.KVM_GET_API_VERSION, null);
        if (version < 0)
            return KvmMissing.NotKvm(Marshal.GetLastPInvokeError());

        if (version != ApiVersion)
            return KvmMissing.OtherVersion(version);

        string[] missing =
        [
            .. NeededCapabilities.Where(needed => CapabilityOf(device, needed.Number) <= 0).Select(needed => needed.Name),
        ];
        return missing.Length == 0 ? null : KvmMissing.Capabilities(missing);
    }

    private static readonly (int Number, string Name)[] NeededCapabilities =
    [
        (KvmCap.KVM_CAP_USER_MEMORY, nameof(KvmCap.KVM_CAP_USER_MEMORY)),
        (KvmCap.KVM_CAP_EXT_CPUID, nameof(KvmCap.KVM_CAP_EXT_CPUID)),
        (KvmCap.KVM_CAP_NR_MEMSLOTS, nameof(KvmCap.KVM_CAP_NR_MEMSLOTS)),
        (KvmCap.KVM_CAP_SYNC_MMU, nameof(KvmCap.KVM_CAP_SYNC_MMU)),
        (KvmCap.KVM_CAP_DESTROY_MEMORY_REGION_WORKS, nameof(KvmCap.KVM_CAP_DESTROY_MEMORY_REGION_WORKS)),
        (KvmCap.KVM_CAP_SET_GUEST_DEBUG, nameof(KvmCap.KVM_CAP_SET_GUEST_DEBUG)),
        (KvmCap.KVM_CAP_VCPU_EVENTS, nameof(KvmCap.KVM_CAP_VCPU_EVENTS)),
        (KvmCap.KVM_CAP_DEBUGREGS, nameof(KvmCap.KVM_CAP_DEBUGREGS)),
        (KvmCap.KVM_CAP_XSAVE, nameof(KvmCap.KVM_CAP_XSAVE)),
        (KvmCap.KVM_CAP_READONLY_MEM, nameof(KvmCap.KVM_CAP_READONLY_MEM)),
        (KvmCap.KVM_CAP_IMMEDIATE_EXIT, nameof(KvmCap.KVM_CAP_IMMEDIATE_EXIT)),
    ];

    private static int CapabilityOf(SafeFileHandle device, int capability)
        => Libc.ioctl(device, KvmIoctl.KVM_CHECK_EXTENSION, (void*)capability);

    private int Capability(int capability) => CapabilityOf(_device, capability);

    private int Required(uint request, string attempt)
    {
        int value = Libc.ioctl(_device, request, null);
        return value > 0 ? value : throw new MachineException(attempt, Marshal.GetLastPInvokeError());
    }
}
