using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class CpuDebuggingTests
{
    [Theory, EngineData]
    public void SetDebugging_SingleStep_StopsAfterEachInstruction(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.inc(rax);
            c.inc(rax);
            c.inc(rax);
            c.hlt();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { SingleStep = true });
        for (ulong i = 1; i <= 2; i++)
        {
            VmExit exit = guest.Cpu.Run();
            Assert.Equal((VmExitKind.Debug, TinyGuest.CodeAddress + (3 * i)), (exit.Kind, exit.Address.Value));
            Assert.Equal(i, guest.Registers.Rax);
            Assert.NotEqual(0u, exit.Value & (1 << 14));
        }

        guest.Cpu.SetDebugging(null);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(3u, guest.Registers.Rax);
    }

    [Theory, EngineData]
    public void SetDebugging_Breakpoint_StopsBeforeTheInstruction(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.inc(rax);
            c.inc(rax);
            c.inc(rax);
            c.hlt();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { Breakpoints = [TinyGuest.CodeAddress + 6] });
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Debug, TinyGuest.CodeAddress + 6), (exit.Kind, exit.Address.Value));
        Assert.Equal(2u, guest.Registers.Rax);
        guest.Cpu.SetDebugging(null);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData(Needs = BareNeeds.Interrupts)]
    public void SetDebugging_SoftwareBreakpoint_StopsAtTheInstruction(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.inc(rax);
            c.int3();
            c.hlt();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { SoftwareBreakpoints = true });
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Debug, TinyGuest.CodeAddress + 3), (exit.Kind, exit.Address.Value));
        Assert.Equal(TinyGuest.CodeAddress + 3, guest.Registers.Rip);
    }
}
