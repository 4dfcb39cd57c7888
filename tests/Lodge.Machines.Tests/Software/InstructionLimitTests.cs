using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>A program with loops, calls, repeated strings, exceptions and exits is stopped at each of its instructions.</summary>
public sealed class InstructionLimitTests : IDisposable
{
    private const ulong Handler = 0x1800;
    private const byte Port = 0x10;
    private const int UndefinedVector = 6;
    private const int SoftwareVector = 0x50;

    private readonly List<TinyGuest> _guests = [];

    public void Dispose() => _guests.ForEach(guest => guest.Dispose());

    [Theory, EngineData(IsSoftware = true)]
    public void Run_LimitAtEachCount_StopsThereAndGoesOnToTheSameEnd(string engine)
    {
        List<State> reference = Trace(Make("interpreted"));
        TinyGuest guest = Make(engine);
        var cpu = (SoftwareCpu)guest.Cpu;
        Assert.InRange(reference.Count, 300, 500);
        for (int count = 0; count < reference.Count; count++)
        {
            Restart(guest);
            ulong start = cpu.InstructionsExecuted;
            cpu.InstructionLimit = start + (ulong)count;
            Assert.Equal(VmExitKind.InstructionLimit, RunServed(cpu).Kind);
            Assert.Equal((ulong)count, cpu.InstructionsExecuted - start);
            Assert.Equal(reference[count], State.Of(guest));

            cpu.InstructionLimit = ulong.MaxValue;
            Assert.Equal(VmExitKind.Halt, RunServed(cpu).Kind);
            Assert.Equal((ulong)reference.Count, cpu.InstructionsExecuted - start);
            Assert.Equal(reference[^1] with { Rip = cpu.Registers.Rip }, State.Of(guest));
        }
    }

    /// <summary>The debugger's single steps are another way through the same code: where both stop they see the same.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void Run_LimitAtEachCount_SeesWhatSingleStepsSee(string engine)
    {
        List<State> reference = Trace(Make(engine));
        TinyGuest guest = Make(engine);
        var cpu = (SoftwareCpu)guest.Cpu;
        cpu.SetDebugging(new GuestDebugging { SingleStep = true });
        var seen = new HashSet<ulong>();
        for (VmExit exit = cpu.Run(); exit.Kind != VmExitKind.Halt; exit = cpu.Run())
        {
            Serve(cpu, exit);

            // Between the elements of a string it is still the same instruction.
            if (exit.Kind == VmExitKind.Debug && seen.Add(cpu.InstructionsExecuted))
                Assert.Equal(reference[(int)cpu.InstructionsExecuted], State.Of(guest));
        }

        Assert.Equal((ulong)reference.Count, cpu.InstructionsExecuted);
        Assert.InRange(seen.Count, reference.Count * 9 / 10, reference.Count);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Run_LimitThatIsReachedAlready_ExecutesNothing(string engine)
    {
        TinyGuest guest = Make(engine);
        var cpu = (SoftwareCpu)guest.Cpu;
        cpu.InstructionLimit = 0;
        State before = State.Of(guest);
        for (int i = 0; i < 3; i++)
            Assert.Equal(VmExitKind.InstructionLimit, cpu.Run().Kind);

        Assert.Equal(before, State.Of(guest));
        Assert.Equal(0u, cpu.InstructionsExecuted);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Run_LimitAndCancel_AreOneExitEach(string engine)
    {
        TinyGuest guest = Make(engine);
        var cpu = (SoftwareCpu)guest.Cpu;
        cpu.InstructionLimit = 0;
        cpu.Cancel();
        Assert.Equal(VmExitKind.Cancelled, cpu.Run().Kind);
        Assert.Equal(VmExitKind.InstructionLimit, cpu.Run().Kind);
    }

    /// <summary>The states before each instruction: <c>[n]</c> is the one after n of them.</summary>
    private static List<State> Trace(TinyGuest guest)
    {
        var cpu = (SoftwareCpu)guest.Cpu;
        var states = new List<State>();
        cpu.InstructionLimit = 0;
        while (RunServed(cpu).Kind == VmExitKind.InstructionLimit)
        {
            states.Add(State.Of(guest));
            cpu.InstructionLimit++;
        }

        return states;
    }

    private static VmExit RunServed(SoftwareCpu cpu)
    {
        while (true)
        {
            VmExit exit = cpu.Run();
            if (exit.Kind is VmExitKind.Halt or VmExitKind.InstructionLimit)
                return exit;

            Serve(cpu, exit);
        }
    }

    private static void Serve(SoftwareCpu cpu, VmExit exit)
    {
        bool isRead = exit.Kind is VmExitKind.PortIn or VmExitKind.MmioRead;
        bool isOther = exit.Kind is VmExitKind.PortOut or VmExitKind.MmioWrite or VmExitKind.Debug;
        Assert.True(isRead || isOther, exit.ToString());
        if (isRead)
            cpu.Answer(exit.Address.Value + exit.Port + 3);
    }

    private TinyGuest Make(string engine)
    {
        // Later than at once, so that more than a block becomes one region.
        var guest = new TinyGuest(TestEngines.Variant(engine, options => options with { CompilesAfter = 3 }), Program);
        _guests.Add(guest);

        // The instruction behind the one that failed, which has two bytes.
        guest.Load(Handler, c =>
        {
            c.inc(r9);
            c.add(__qword_ptr[rsp], 2);
            c.iretq();
        });
        guest.Load(Handler + 0x80, c =>
        {
            c.inc(r10);
            c.iretq();
        });
        Restart(guest);
        return guest;
    }

    private static void Restart(TinyGuest guest)
    {
        TinyGuest.SetUp(guest.Cpu);
        guest.Write(TinyGuest.DataAddress, 0);
        guest.Write(TinyGuest.DataAddress + 0x100, 0);
        guest.InstallTables(guest.Cpu, (UndefinedVector, Handler), (SoftwareVector, Handler + 0x80));
    }

    private static void Program(Iced.Intel.Assembler c)
    {
        Iced.Intel.Label outer = c.CreateLabel();
        Iced.Intel.Label inner = c.CreateLabel();
        Iced.Intel.Label odd = c.CreateLabel();
        Iced.Intel.Label function = c.CreateLabel();
        c.mov(rdi, TinyGuest.DataAddress);
        c.xor(eax, eax);
        c.mov(ecx, 64);
        c.rep.stosq();
        c.mov(ebx, 3);
        c.Label(ref outer);
        c.mov(ebp, 5);

        // More than a block has, and without a branch.
        for (int i = 1; i <= 60; i++)
            c.add(r13, i);

        c.Label(ref inner);
        c.test(ebp, 1);
        c.jnz(odd);
        c.call(function);
        c.Label(ref odd);
        c.add(r8, rbp);
        c.dec(ebp);
        c.jnz(inner);
        c.mov(rsi, TinyGuest.DataAddress);
        c.mov(rdi, TinyGuest.DataAddress + 0x100);
        c.mov(ecx, 9);
        c.rep.movsb();
        c.ud2();
        c.@int(SoftwareVector);
        c.@out(Port, al);
        c.@in(al, Port);
        c.mov(rsi, TinyGuest.NoMemory);
        c.add(r11, __qword_ptr[rsi + 8]);
        c.add(__dword_ptr[rsi], ebx);
        c.dec(ebx);
        c.jnz(outer);
        c.hlt();
        c.Label(ref function);
        c.push(rbp);
        c.@lock.add(__qword_ptr[TinyGuest.DataAddress], rbp);
        c.mulsd(xmm0, xmm1);
        c.pop(rbp);
        c.ret();
    }

    /// <summary>What a program can tell.</summary>
    private sealed record State(GeneralRegisters Registers, ulong Rip, ulong Data, ulong Copy)
    {
        public static State Of(TinyGuest guest) => new(
            guest.Registers with { Rip = 0 },
            guest.Registers.Rip,
            guest.Read(TinyGuest.DataAddress),
            guest.Read(TinyGuest.DataAddress + 0x100));
    }
}
