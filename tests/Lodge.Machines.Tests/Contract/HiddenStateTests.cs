using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class HiddenStateTests
{
    // TSC_ADJUST, memory types, addresses of machine checks, the guest's clock of KVM: what some engines have.
    private static readonly uint[] Indices =
    [
        Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip, Msr.Star, Msr.Lstar, Msr.Cstar, Msr.SyscallMask, Msr.KernelGsBase,
        Msr.TscAux, 0x3B, 0x200, 0x201, 0x250, 0x2FF, 0x402, 0x403, 0x43E, 0x4B56_4D00,
    ];

    [Theory, EngineData]
    public void Reset_TakesBackModelSpecificRegisters(string engine)
    {
        using var guest = new TinyGuest(engine, static c => c.hlt());
        int changed = 0;
        foreach (uint index in Indices)
        {
            if (!guest.Cpu.TryGetMsr(index, out ulong before) || !guest.Cpu.TrySetMsr(index, before ^ 0x800))
                continue;

            changed++;
            guest.Cpu.ResetHiddenState();
            Assert.True(guest.Cpu.TryGetMsr(index, out ulong after));
            Assert.True(before == after, $"0x{index:x} is 0x{after:x}, and was 0x{before:x}.");
        }

        Assert.InRange(changed, 9, Indices.Length);
    }

    [Theory, EngineData]
    public void Reset_LeavesTheSystemRegisters_AndTheGuestRuns(string engine)
    {
        using var guest = new TinyGuest(engine, static c =>
        {
            c.mov(eax, 7);
            c.hlt();
        });
        SystemRegisters before = guest.Cpu.SystemRegisters;
        guest.Cpu.ResetHiddenState();
        Assert.Equal(before, guest.Cpu.SystemRegisters);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(7u, guest.Cpu.Registers.Rax);
    }

    [Theory, EngineData]
    public void Reset_ForgetsAnInterruptThatWaits(string engine)
    {
        using var guest = new TinyGuest(engine, static c => c.hlt());
        Assert.True(guest.Cpu.TryInterrupt(32));
        Assert.False(guest.Cpu.TryInterrupt(33));
        guest.Cpu.ResetHiddenState();
        Assert.True(guest.Cpu.TryInterrupt(33));
    }

    [Theory, EngineData]
    public void Reset_GivesUpAnExitThatIsOpen(string engine)
    {
        using var guest = new TinyGuest(engine, static c =>
        {
            c.@in(eax, 0x10);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortIn, guest.Cpu.Run().Kind);
        guest.Cpu.ResetHiddenState();
        Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(1));
    }
}
