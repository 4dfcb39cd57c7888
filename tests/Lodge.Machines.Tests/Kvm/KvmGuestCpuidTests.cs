using Xunit;

namespace Lodge.Machines.Tests;

public sealed class KvmGuestCpuidTests
{
    [KvmFact]
    public void Cpuid_HidesWhatIsNotServed()
    {
        using var guest = new TinyGuest(
            Machines.Kvm,
            c =>
            {
                c.cpuid();
                c.hlt();
            },
            createCpu: false);
        guest.CreateCpu().Dispose();
        using IVirtualCpu cpu = guest.CreateCpu();
        GeneralRegisters leaf1 = Ask(1);
        Assert.Equal(1u, leaf1.Rbx >> 24);
        foreach (int bit in new[] { 3, 5, 6, 21, 24, 31 })
            Assert.Equal(0u, leaf1.Rcx >> bit & 1);

        // SSE2, as every processor in 64-bit mode has.
        Assert.Equal(1u, leaf1.Rdx >> 26 & 1);
        Assert.Equal(0u, Ask(0x8000_0001).Rcx >> 2 & 1);
        GeneralRegisters hypervisor = Ask(0x4000_0000);
        Assert.NotEqual(0x4B4D_564Bu, hypervisor.Rbx);

        GeneralRegisters Ask(ulong leaf)
        {
            cpu.Registers = new GeneralRegisters { Rip = TinyGuest.CodeAddress, Rax = leaf, Rflags = 2 };
            Assert.Equal(VmExitKind.Halt, cpu.Run().Kind);
            return cpu.Registers;
        }
    }
}
