using System.ComponentModel;
using System.Runtime.InteropServices;
using Lodge.Machines.Interop;

namespace Lodge.Machines;

/// <summary>Why KVM cannot be used here, and what to do about it, in words.</summary>
internal static class KvmMissing
{
    public const string Unknown = "/dev/kvm cannot be used.";

    /// <summary>What keeps this process from KVM whatever the device says, or nothing.</summary>
    public static string? OnThisSystem()
        => !OperatingSystem.IsLinux() ? "KVM is part of Linux, and this is another system."
            : RuntimeInformation.ProcessArchitecture != Architecture.X64
                ? $"Only x86-64 guests are run, and this process is one of {RuntimeInformation.ProcessArchitecture}."
                : null;

    public static string CannotOpen(int errno) => errno switch
    {
        Errno.ENOENT => "There is no /dev/kvm. On a computer: switch virtualisation (VT-x, AMD-V) on in the firmware and load "
            + "the module kvm_intel or kvm_amd. In a virtual machine: its host has to offer nested virtualisation. In a "
            + "container: give it the device (--device /dev/kvm).",
        Errno.EACCES => "This user may not open /dev/kvm. Join the group that owns it, usually kvm ('sudo usermod -aG kvm NAME', "
            + "then log in again).",
        Errno.EPERM => "The system forbids /dev/kvm to this process, as containers do that were not given the device (--device "
            + "/dev/kvm).",
        Errno.ENODEV or Errno.ENXIO => "There is /dev/kvm, but no module behind it: load kvm_intel or kvm_amd. If that fails, "
            + "virtualisation is off in the firmware, or the host of this virtual machine does not offer it.",
        Errno.EBUSY => Busy,
        Errno.EMFILE => "The process has too many open files to open /dev/kvm (ulimit -n).",
        _ => $"/dev/kvm cannot be opened: {Text(errno)}.",
    };

    public static string NotKvm(int errno) => $"/dev/kvm does not answer as KVM does: {Text(errno)}.";

    public static string OtherVersion(int version)
        => $"KVM has version {version} of its interface and not {KvmSystem.ApiVersion}, which all kernels since 2.6.22 have.";

    public static string Capabilities(IEnumerable<string> names)
        => $"KVM lacks {string.Join(", ", names)}: the kernel is too old (4.13 has all that is needed) or cut down.";

    public static string? AdviceForCreating(int errno) => errno switch
    {
        Errno.EBUSY => Busy,
        Errno.EMFILE => "The process has too many open files (ulimit -n).",
        Errno.ENOMEM => "The system has too little memory.",
        _ => null,
    };

    private const string Busy = "Another hypervisor, such as VirtualBox or VMware, is using the processor's virtualisation: stop "
        + "its machines.";

    private static string Text(int errno) => $"{new Win32Exception(errno).Message} (error {errno})";
}
