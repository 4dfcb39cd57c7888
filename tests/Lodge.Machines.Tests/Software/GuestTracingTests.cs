using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Behind which instruction a guest that sets TF is trapped first (Intel SDM, volume 3, 19.3.1.4). The handlers
/// halt.</summary>
public sealed class GuestTracingTests
{
    private const ulong Code = TinyGuest.CodeAddress;
    private const ulong Handler = 0x1800;
    private const ulong TrapHandler = 0x1900;
    private const ulong Target = Code + 0x40;
    private const ulong FlagTrap = 1 << 8;
    private const byte Vector = 0x40;

    [Theory]
    [EngineData(false, 3, IsSoftware = true)]
    [EngineData(true, 1, IsSoftware = true)]
    public void Trap_BehindALoadOfSs_ComesAnInstructionLater(string engine, bool isSti, int offset)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            // Both hold off interrupts, and only the former a trap.
            if (isSti)
                c.sti();
            else
                c.mov(ss, ebx);

            c.nop();
            c.nop();
            c.hlt();
        });
        Trace(guest, guest.Cpu);
        guest.Cpu.Registers = guest.Registers with { Rbx = TinyGuest.DataSelector };
        Assert.Equal(TrapHandler + 1, RunToHalt(guest.Cpu));
        Assert.Equal(Code + (ulong)offset, guest.Read(guest.Registers.Rsp));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SoftwareInterrupt_Traced_LeavesItsHandlerAlone(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.@int(Vector));
        guest.Load(Handler, c =>
        {
            c.nop();
            c.nop();
            c.hlt();
        });
        Trace(guest, guest.Cpu);
        Assert.Equal(Handler + 3, RunToHalt(guest.Cpu));
        Assert.Equal(FlagTrap, guest.Read(guest.Registers.Rsp + 16) & FlagTrap);
    }

    [Theory]
    [EngineData(FlagTrap, Handler + 2, IsSoftware = true)]
    [EngineData(0ul, TrapHandler + 1, IsSoftware = true)]
    public void Syscall_Traced_TrapsWhereTheMaskLeavesTf(string engine, ulong mask, ulong end)
    {
        using var guest = new TinyGuest(engine, c => c.syscall(), createCpu: false);
        guest.Load(Handler, c =>
        {
            c.nop();
            c.hlt();
        });
        using IVirtualCpu cpu = guest.CreateCpu(ring: 3);
        Trace(guest, cpu);
        Assert.True(cpu.TrySetMsr(Msr.Lstar, Handler));
        Assert.True(cpu.TrySetMsr(Msr.SyscallMask, mask));
        Assert.True(cpu.TrySetMsr(Msr.Star, (0x20UL << 48) | (0x08UL << 32)));
        Assert.Equal(end, RunToHalt(cpu));
        Assert.Equal(FlagTrap, cpu.Registers.R11 & FlagTrap);
    }

    /// <summary>Unlike <c>iretq</c> and <c>popfq</c>, behind which one more instruction is executed.</summary>
    [Theory]
    [EngineData(0ul, Target, IsSoftware = true)]
    [EngineData(FlagTrap, Target, IsSoftware = true)]
    [EngineData(0ul, TinyGuest.NoMemory, IsSoftware = true)]
    public void Sysret_ThatSetsTf_TrapsAtItsTarget(string engine, ulong before, ulong target)
    {
        using TinyGuest guest = MakeSysret(engine, target, before, after: FlagTrap);
        Assert.Equal(TrapHandler + 1, RunToHalt(guest.Cpu));
        Assert.Equal((TinyGuest.KernelStackTop - 40, target), (guest.Registers.Rsp, guest.Read(guest.Registers.Rsp)));
        Assert.Equal(FlagTrap, guest.Read(guest.Registers.Rsp + 16) & FlagTrap);

        // The trap counts as one.
        Assert.Equal(3ul, ((SoftwareCpu)guest.Cpu).InstructionsExecuted);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Sysret_ThatClearsTf_IsNotTraced(string engine)
    {
        using TinyGuest guest = MakeSysret(engine, Target, before: FlagTrap, after: 0);
        Assert.Equal(Handler + 1, RunToHalt(guest.Cpu));
    }

    private static TinyGuest MakeSysret(string engine, ulong target, ulong before, ulong after)
    {
        var guest = new TinyGuest(engine, c => c.sysretq());
        guest.Load(Target, c => c.@int(Vector));
        guest.Load(Handler, c => c.hlt());
        Trace(guest, guest.Cpu);
        guest.SetGate(Vector, Handler, ring: 3);
        Assert.True(guest.Cpu.TrySetMsr(Msr.Star, (0x20UL << 48) | (0x08UL << 32)));
        guest.Cpu.Registers = guest.Registers with
        {
            Rcx = target,
            R11 = GeneralRegisters.FixedFlags | after,
            Rflags = GeneralRegisters.FixedFlags | before,
        };
        return guest;
    }

    private static void Trace(TinyGuest guest, IVirtualCpu cpu)
    {
        guest.Load(TrapHandler, c => c.hlt());
        guest.InstallTables(cpu, (1, TrapHandler), (Vector, Handler));
        cpu.Registers = cpu.Registers with { Rflags = GeneralRegisters.FixedFlags | FlagTrap };
    }

    private static ulong RunToHalt(IVirtualCpu cpu)
    {
        Assert.Equal(VmExitKind.Halt, cpu.Run().Kind);
        return cpu.Registers.Rip;
    }
}
