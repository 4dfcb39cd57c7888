using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class KvmCpuTests
{
    [KvmFact]
    public void SystemRegisters_ThatCannotBe_AreRefusedWithAdvice()
    {
        using var guest = new TinyGuest(Machines.Kvm, c => c.hlt());
        SystemRegisters registers = guest.Cpu.SystemRegisters;
        MachineException refused = Assert.Throws<MachineException>(
            () => guest.Cpu.SystemRegisters = registers with { Cr4 = registers.Cr4 | (1UL << 63) });
        Assert.Contains("do not fit", refused.Message, StringComparison.Ordinal);
    }

    [KvmFact]
    public void Registers_AfterAWriteToADevice_AreThoseBehindTheInstruction()
    {
        using var guest = new TinyGuest(Machines.Kvm, c =>
        {
            c.mov(__byte_ptr[TinyGuest.NoMemory], al);
            c.hlt();
        });
        Assert.Equal(VmExitKind.MmioWrite, guest.Cpu.Run().Kind);
        const byte Hlt = 0xF4;
        Assert.Equal(Hlt, guest.Machine.Memory.Current.Read<byte>(guest.Registers.Rip));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }
}
