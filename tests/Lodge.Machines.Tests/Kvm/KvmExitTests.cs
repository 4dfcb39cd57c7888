using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class KvmExitTests
{
    [KvmFact]
    public void Run_Halt_ComesOutWithTheRegistersBehindIt()
    {
        using var guest = new TinyGuest(c =>
        {
            c.mov(rax, 0x1122_3344_5566_7788);
            c.lea(rbx, __[rax + 1]);
            c.hlt();
            c.mov(rcx, 5);
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(0x1122_3344_5566_7789u, guest.Registers.Rbx);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(5u, guest.Registers.Rcx);
    }
}
