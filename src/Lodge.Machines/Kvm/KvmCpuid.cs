using System.Runtime.InteropServices;
using Lodge.Machines.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines;

/// <summary>The processor that guests see: what KVM can give them (<c>KVM_GET_SUPPORTED_CPUID</c>), less what they must not use
/// here.</summary>
/// <remarks>
/// <para>Taken away, because there is no interrupt controller: APIC, x2APIC, the TSC deadline timer, the extended APIC space.
/// Because nothing waits on memory: MONITOR and MWAIT. Because guests do not nest: VMX, SMX, SVM, SKINIT. Because it would report
/// the host: the performance counters, power and thermal leaves, SGX, processor trace, SEV. Because a guest that finds a KVM
/// starts to use its clock, its page-fault protocol and its interrupts: the hypervisor bit and the leaves from 0x4000_0000
/// on.</para>
/// <para>The APIC's number, where it is told, is the vCPU's. The kernel itself keeps the bits of OSXSAVE and OSPKE, and may show
/// APIC again where the APIC's base register says that it is on. (Intel SDM, volume 2, CPUID; AMD APM, volume 3, appendix
/// E.)</para>
/// </remarks>
internal static unsafe class KvmCpuid
{
    // KVM itself refuses more (KVM_MAX_CPUID_ENTRIES).
    private const int MostEntries = 256;
    private const int HeaderBytes = 8;

    private const uint HypervisorLeaves = 0x4000_0000;
    private const uint HypervisorLeavesEnd = 0x5000_0000;

    /// <summary>What KVM supports.</summary>
    public static kvm_cpuid_entry2[] Supported(SafeFileHandle device)
    {
        for (int count = 64; ; count *= 2)
        {
            byte[] list = new byte[HeaderBytes + (count * sizeof(kvm_cpuid_entry2))];
            MemoryMarshal.Write(list, (uint)count);

            // In bounds: the kernel is told how many entries there is room for.
            fixed (byte* p = list)
            {
                if (Libc.ioctl(device, KvmIoctl.KVM_GET_SUPPORTED_CPUID, p) == 0)
                {
                    int given = Math.Min(MemoryMarshal.Read<int>(list), count);
                    return MemoryMarshal.Cast<byte, kvm_cpuid_entry2>(list.AsSpan(HeaderBytes))[..given].ToArray();
                }
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.E2BIG || count >= MostEntries)
                throw new MachineException("ask for the processor that guests can have (KVM_GET_SUPPORTED_CPUID)", errno);
        }
    }

    /// <summary>What a vCPU shows of that.</summary>
    public static kvm_cpuid_entry2[] ForGuest(IEnumerable<kvm_cpuid_entry2> supported, int cpu)
        => [.. supported.Where(entry => entry.function is < HypervisorLeaves or >= HypervisorLeavesEnd)
            .Select(entry => Filtered(entry, (uint)cpu))];

    /// <summary>Gives a vCPU its processor.</summary>
    public static void Set(SafeFileHandle cpu, ReadOnlySpan<kvm_cpuid_entry2> entries)
    {
        byte[] list = new byte[HeaderBytes + (entries.Length * sizeof(kvm_cpuid_entry2))];
        MemoryMarshal.Write(list, (uint)entries.Length);
        MemoryMarshal.AsBytes(entries).CopyTo(list.AsSpan(HeaderBytes));

        // In bounds: the list begins with how many entries it has.
        fixed (byte* p = list)
        {
            if (Libc.ioctl(cpu, KvmIoctl.KVM_SET_CPUID2, p) != 0)
                throw new MachineException("give a vCPU its processor (KVM_SET_CPUID2)", Marshal.GetLastPInvokeError());
        }
    }

    private static kvm_cpuid_entry2 Filtered(kvm_cpuid_entry2 entry, uint cpu)
    {
        switch (entry.function)
        {
            case 1:
                entry.ebx = (entry.ebx & 0x00FF_FFFF) | (cpu << 24);
                entry.ecx &= ~(Bit(3) | Bit(5) | Bit(6) | Bit(15) | Bit(21) | Bit(24) | Bit(31));
                entry.edx &= ~Bit(9);
                break;
            case 7 when entry.index == 0:
                entry.ebx &= ~(Bit(2) | Bit(25));
                break;
            case 5 or 6 or 0xA or 0x12 or 0x14 or 0x8000_000A or 0x8000_001F or 0x8000_0022:
                entry.eax = entry.ebx = entry.ecx = entry.edx = 0;
                break;
            case 0xB or 0x1F:
                entry.edx = cpu;
                break;
            case 0x8000_0001:
                entry.ecx &= ~(Bit(2) | Bit(3) | Bit(12) | Bit(23) | Bit(24) | Bit(29));
                entry.edx &= ~Bit(9);
                break;
            case 0x8000_001E:
                entry.eax = cpu;
                break;
        }

        return entry;
    }

    private static uint Bit(int number) => 1u << number;
}
