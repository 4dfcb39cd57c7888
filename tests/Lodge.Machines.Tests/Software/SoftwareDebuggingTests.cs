using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Where the host's debugger stops a guest of the software engine, and what the guest's own tracing sees.</summary>
public sealed class SoftwareDebuggingTests
{
    private const ulong Handler = 0x1800;
    private const ulong Code = TinyGuest.CodeAddress;
    private const ulong SingleStepBit = 1 << 14;
    private const ulong FlagTrap = 1 << 8;
    private const int DebugVector = 1;
    private const int BreakpointVector = 3;
    private const int UndefinedVector = 6;

    private static readonly GuestDebugging Steps = new() { SingleStep = true };

    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_BranchesAndCalls_AreFollowed(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label far = c.CreateLabel();
            Iced.Intel.Label function = c.CreateLabel();
            c.call(function);       // 5 bytes, to 0x0D
            c.jmp(far);             // 2 bytes
            c.nop();
            c.nop();
            c.Label(ref far);
            c.test(eax, eax);       // 2 bytes, at 0x09
            c.jnz(far);             // 2 bytes, not taken
            c.Label(ref function);
            c.mov(ebx, ebx);        // 2 bytes, at 0x0D
            c.ret();
        });
        Assert.Equal([0x0D, 0x0F, 0x05, 0x09, 0x0B, 0x0D], Addresses(guest, Steps, 6));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_RepeatedString_StopsAtEachElement(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.rep.stosb();
            c.hlt();
        });
        guest.Cpu.Registers = guest.Registers with { Rcx = 3, Rdi = TinyGuest.DataAddress };
        var cpu = (SoftwareCpu)guest.Cpu;
        cpu.SetDebugging(Steps);
        foreach ((ulong left, ulong offset, ulong executed) in new[] { (2ul, 0ul, 0ul), (1ul, 0ul, 0ul), (0ul, 2ul, 1ul) })
        {
            Assert.Equal(Stop(Code + offset), cpu.Run());
            Assert.Equal((left, executed), (cpu.Registers.Rcx, cpu.InstructionsExecuted));
        }
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_InterruptInstructionAndReturn_AreOneEach(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@int(0x40);
            c.nop();
        });
        guest.Load(Handler, c => c.iretq());
        guest.InstallTables(guest.Cpu, (0x40, Handler));
        Assert.Equal([0x800, 2, 3], Addresses(guest, Steps, 3));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_Syscall_StopsAtItsTarget(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.syscall(), createCpu: false);
        guest.Load(Handler, c => c.sysretq());
        using IVirtualCpu cpu = guest.CreateCpu(ring: 3);
        Assert.True(cpu.TrySetMsr(Msr.Lstar, Handler));
        Assert.True(cpu.TrySetMsr(Msr.Star, (0x20UL << 48) | (0x08UL << 32)));
        cpu.SetDebugging(Steps);
        Assert.Equal(Stop(Handler), cpu.Run());
        Assert.Equal(0, cpu.SystemRegisters.Cs.Dpl);
        Assert.Equal(Stop(Code + 2), cpu.Run());
        Assert.Equal(3, cpu.SystemRegisters.Cs.Dpl);
    }

    /// <summary>The <c>int3</c> was not executed when it was stopped at, so its step is still to come.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_BreakpointThatTheHostTakesOut_IsOfWhatIsThereThen(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.nop();
            c.int3();
            c.nop();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { SingleStep = true, SoftwareBreakpoints = true });
        Assert.Equal(Stop(Code + 1), guest.Cpu.Run());
        VmExit breakpoint = Stop(Code + 1) with { Value = 0 };
        Assert.Equal(breakpoint, guest.Cpu.Run());
        Assert.Equal(breakpoint, guest.Cpu.Run());
        guest.Ram.GetHostSlice().CopyFrom(Code + 1, new byte[] { 0x90 });
        Assert.Equal(Stop(Code + 2), guest.Cpu.Run());
    }

    /// <summary>As processors do: an instruction that has failed did not end, so the first one of the handler is the next to
    /// stop.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_Exception_StopsBehindTheHandlersFirstInstruction(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.ud2());
        guest.Load(Handler, c => c.nop());
        guest.InstallTables(guest.Cpu, (UndefinedVector, Handler));
        Assert.Equal([0x801], Addresses(guest, Steps, 1));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Breakpoints_Several_AreMetInTheirOrderWithTheirBits(string engine)
    {
        using var guest = new TinyGuest(engine, Increments);
        var breakpoints = new GuestDebugging { Breakpoints = [Code + 9, Code + 3, Code + 6, Code + 30] };
        guest.Cpu.SetDebugging(breakpoints);
        Assert.Equal([(3ul, 2ul), (6ul, 4ul), (9ul, 1ul)], Enumerable.Range(0, 3).Select(_ =>
        {
            VmExit exit = guest.Cpu.Run();
            Assert.Equal((VmExitKind.Debug, guest.Registers.Rip), (exit.Kind, exit.Address.Value));
            Assert.Equal(exit.Address.Value - Code, 3 * guest.Registers.Rax);
            Assert.Equal(exit, guest.Cpu.Run());
            guest.Cpu.SetDebugging(new GuestDebugging { SingleStep = true });
            Assert.Equal(exit.Address + 3, guest.Cpu.Run().Address);
            guest.Cpu.SetDebugging(breakpoints);
            return (exit.Address.Value - Code, exit.Value);
        }));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Breakpoint_InCodeThatRuns_StopsItUntilItIsTakenAway(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            c.Label(ref again);
            c.inc(rax);
            c.inc(rbx);
            c.@out(0x10, al);
            c.jmp(again);
        });
        for (int i = 0; i < 2000; i++)
            Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);

        guest.Cpu.SetDebugging(new GuestDebugging { Breakpoints = [Code + 3] });
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Debug, Code + 3), (exit.Kind, exit.Address.Value));
        Assert.Equal((2001u, 2000u), (guest.Registers.Rax, guest.Registers.Rbx));
        guest.Cpu.SetDebugging(null);
        for (int i = 0; i < 10; i++)
            Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Breakpoint_InstructionAcrossTwoPages_IsStoppedAt(string engine)
    {
        const ulong Crossing = 0x5FFE;
        using var guest = new TinyGuest(engine, c => c.jmp(Crossing - 1));
        guest.Load(Crossing - 1, c =>
        {
            c.nop();
            c.mov(eax, 0x1234_5678);
            c.hlt();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { Breakpoints = [Crossing] });
        Assert.Equal(new VmExit { Kind = VmExitKind.Debug, Address = Crossing, Value = 1 }, guest.Cpu.Run());
        Assert.Equal(0u, guest.Registers.Rax);
        guest.Cpu.SetDebugging(null);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(0x1234_5678u, guest.Registers.Rax);
    }

    [Theory]
    [EngineData(false, IsSoftware = true)]
    [EngineData(true, IsSoftware = true)]
    public void Int3_IsTheHostsWhereItWantsItAndElseTheGuests(string engine, bool isHosts)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.inc(rax);
            c.int3();
            c.hlt();
        });
        guest.Load(Handler, c =>
        {
            c.mov(ebx, 1);
            c.iretq();
        });
        guest.InstallTables(guest.Cpu, (BreakpointVector, Handler));
        guest.Cpu.SetDebugging(new GuestDebugging { SoftwareBreakpoints = isHosts });
        if (isHosts)
        {
            // Not before the host has done something about it.
            for (int i = 0; i < 2; i++)
            {
                VmExit exit = guest.Cpu.Run();
                Assert.Equal((VmExitKind.Debug, Code + 3), (exit.Kind, exit.Address.Value));
                Assert.Equal((Code + 3, 0ul), (guest.Registers.Rip, guest.Registers.Rbx));
            }

            guest.Cpu.SetDebugging(null);
        }

        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(1u, guest.Registers.Rbx);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TrapFlagOfTheGuest_IsADebugExceptionBehindEachInstruction(string engine)
    {
        using TinyGuest guest = TracingGuest(engine, c =>
        {
            c.inc(rax);
            c.inc(rax);
            c.inc(rax);
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((3ul, 3ul), (guest.Registers.Rax, guest.Registers.Rbx));
        Assert.Equal(DebugRegisters.InitialDr6 | SingleStepBit, guest.Cpu.DebugRegisters.Dr6);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TrapFlagOfTheGuest_RepeatedString_TrapsAtEachElement(string engine)
    {
        using TinyGuest guest = TracingGuest(engine, c =>
        {
            c.rep.stosb();
            c.hlt();
        });
        guest.Cpu.Registers = guest.Registers with { Rcx = 4, Rdi = TinyGuest.DataAddress };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(4u, guest.Registers.Rbx);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SetDebugging_TheGuestsDebugRegisters_AreLeftAlone(string engine)
    {
        using var guest = new TinyGuest(engine, Increments);
        DebugRegisters before = guest.Cpu.DebugRegisters;
        guest.Cpu.SetDebugging(new GuestDebugging { SingleStep = true, Breakpoints = [Code + 3] });
        for (int i = 0; i < 3; i++)
            Assert.Equal(VmExitKind.Debug, guest.Cpu.Run().Kind);

        Assert.Equal(before, guest.Cpu.DebugRegisters);
        Assert.Equal(0u, guest.Registers.Rflags & FlagTrap);
    }

    [Theory, EngineData]
    public void Breakpoint_AtTheFirstInstruction_IsStoppedAt(string engine)
    {
        using var guest = new TinyGuest(engine, Increments);
        guest.Cpu.SetDebugging(new GuestDebugging { Breakpoints = [Code] });
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Debug, Code), (exit.Kind, exit.Address.Value));
        Assert.Equal(0u, guest.Registers.Rax);
    }

    [Theory, EngineData]
    public void Breakpoint_BehindAnExit_IsStoppedAt(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@out(0x10, al);
            c.inc(rax);
            c.hlt();
        });
        guest.Cpu.SetDebugging(new GuestDebugging { Breakpoints = [Code + 2] });
        Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Debug, Code + 2), (exit.Kind, exit.Address.Value));
    }

    [Theory]
    [EngineData(false)]
    [EngineData(true)]
    public void SingleStep_InstructionThatReadsADevice_StopsBehindIt(string engine, bool isPort)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            if (isPort)
                c.@in(al, 0x10);
            else
                c.mov(al, __byte_ptr[TinyGuest.NoMemory]);

            c.inc(rbx);
            c.inc(rbx);
            c.hlt();
        });
        guest.Cpu.SetDebugging(Steps);
        Assert.True(guest.Cpu.Run().Kind is VmExitKind.PortIn or VmExitKind.MmioRead);
        guest.Cpu.Answer(5);
        Assert.Equal(VmExitKind.Debug, guest.Cpu.Run().Kind);
        Assert.Equal((5ul, 0ul), (guest.Registers.Rax, guest.Registers.Rbx));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TrapFlagOfTheGuest_InstructionsWithExits_TrapToo(string engine)
    {
        using TinyGuest guest = TracingGuest(engine, c =>
        {
            c.@out(0x10, al);
            c.mov(__byte_ptr[TinyGuest.NoMemory], al);
            c.@in(al, 0x10);
            c.hlt();
        });
        VmExitKind[] kinds = [.. Enumerable.Range(0, 4).Select(_ => guest.Cpu.Run().Kind)];
        Assert.Equal([VmExitKind.PortOut, VmExitKind.MmioWrite, VmExitKind.PortIn, VmExitKind.Halt], kinds);
        Assert.Equal(3u, guest.Registers.Rbx);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void SingleStep_GuestThatTracesItself_TakesNoTrapFromIt(string engine)
    {
        using TinyGuest guest = TracingGuest(engine, Increments);
        guest.Cpu.SetDebugging(Steps);
        VmExit exit;
        do
            exit = guest.Cpu.Run();
        while (exit.Kind == VmExitKind.Debug);

        Assert.Equal(VmExitKind.Halt, exit.Kind);
        Assert.Equal((4ul, 4ul), (guest.Registers.Rax, guest.Registers.Rbx));
    }

    private static void Increments(Iced.Intel.Assembler c)
    {
        for (int i = 0; i < 4; i++)
            c.inc(rax);

        c.hlt();
    }

    /// <summary>A guest that traces itself, and counts its traps in RBX.</summary>
    private static TinyGuest TracingGuest(string engine, Action<Iced.Intel.Assembler> code)
    {
        var guest = new TinyGuest(engine, code);
        guest.Load(Handler, c =>
        {
            c.inc(rbx);
            c.iretq();
        });
        guest.InstallTables(guest.Cpu, (DebugVector, Handler));
        guest.Cpu.Registers = guest.Registers with { Rflags = GeneralRegisters.FixedFlags | FlagTrap };
        return guest;
    }

    private static VmExit Stop(ulong address) => new() { Kind = VmExitKind.Debug, Address = address, Value = SingleStepBit };

    private static ulong[] Addresses(TinyGuest guest, GuestDebugging debugging, int stops)
    {
        guest.Cpu.SetDebugging(debugging);
        return
        [
            .. Enumerable.Range(0, stops).Select(_ =>
            {
                VmExit exit = guest.Cpu.Run();
                Assert.Equal(Stop(guest.Registers.Rip), exit);
                return exit.Address.Value - Code;
            }),
        ];
    }
}
