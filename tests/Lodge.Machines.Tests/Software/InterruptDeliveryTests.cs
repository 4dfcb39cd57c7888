using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>Between which two instructions an external interrupt comes, and on which stack. The handler halts: what it was
/// given is on its stack.</summary>
public sealed class InterruptDeliveryTests
{
    private const ulong Code = TinyGuest.CodeAddress;
    private const ulong Handler = 0x1800;
    private const ulong FlagInterrupt = 1 << 9;
    private const byte Vector = 0x40;

    private static readonly Dictionary<string, (Action<Iced.Intel.Assembler> Code, ulong Rflags, ulong Offset)> Places = new()
    {
        ["at once where interrupts are allowed"] = (c => c.nop(), FlagInterrupt, 0),
        ["one instruction behind sti"] = (
            c =>
            {
                c.nop();
                c.sti();
                c.nop();
                c.nop();
            },
            0,
            3),
        ["not between sti and cli"] = (
            c =>
            {
                c.sti();
                c.cli();
                c.nop();
                c.sti();
                c.nop();
                c.nop();
            },
            0,
            5),
        ["behind popf"] = (
            c =>
            {
                c.push((int)(FlagInterrupt | GeneralRegisters.FixedFlags));
                c.popfq();
                c.nop();
            },
            0,
            6),
        ["behind iret"] = (
            c =>
            {
                c.push((int)TinyGuest.DataSelector);
                c.push((int)TinyGuest.StackTop);
                c.push((int)FlagInterrupt);
                c.push((int)TinyGuest.CodeSelector);
                c.push((int)Handler - 0x10);
                c.iretq();
            },
            0,
            0x7F0),
    };

    public static TheoryData<string, string> Cases()
        => [.. from engine in TestEngines.Variants from place in Places.Keys select (engine.Name, place)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryInterrupt_BeforeTheRun_ComesWhereItIsAllowed(string engine, string place)
    {
        (Action<Iced.Intel.Assembler> code, ulong rflags, ulong offset) = Places[place];
        using TinyGuest guest = MakeGuest(engine, code);
        guest.Cpu.Registers = guest.Registers with { Rflags = rflags };
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        Assert.False(guest.Cpu.TryInterrupt(Vector + 1));
        Assert.Equal(Code + offset, RunToHandler(guest).Rip);
        Assert.Equal(0u, guest.Registers.Rflags & FlagInterrupt);
        Assert.True(guest.Cpu.TryInterrupt(Vector));
    }

    /// <summary>The instruction behind a load of SS is executed first, also where the host looked in between.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void TryInterrupt_BehindALoadOfSs_ComesAnInstructionLater(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, c =>
        {
            c.mov(ss, ebx);
            c.nop();
            c.nop();
        });
        guest.Cpu.Registers = guest.Registers with { Rbx = TinyGuest.DataSelector, Rflags = FlagInterrupt };
        var cpu = (SoftwareCpu)guest.Cpu;
        cpu.InstructionLimit = 1;
        Assert.Equal(VmExitKind.InstructionLimit, cpu.Run().Kind);
        ulong behind = cpu.Registers.Rip;
        cpu.InstructionLimit = ulong.MaxValue;
        Assert.True(cpu.TryInterrupt(Vector));
        Assert.Equal(behind + 1, RunToHandler(guest).Rip);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TryInterrupt_GuestThatSleeps_ComesBehindTheHalt(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, c =>
        {
            c.sti();
            c.hlt();
            c.nop();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        Assert.Equal(Code + 2, RunToHandler(guest).Rip);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TryInterrupt_WhileTheGuestWaitsForADevice_ComesBehindItsInstruction(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, c =>
        {
            c.mov(ebx, __dword_ptr[TinyGuest.NoMemory]);
            c.nop();
        });
        guest.Cpu.Registers = guest.Registers with { Rflags = FlagInterrupt };
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        guest.Cpu.Answer(7);
        ulong rip = RunToHandler(guest).Rip;
        Assert.Equal((byte)0x90, guest.Machine.Memory.Current.Read<byte>(rip));
        Assert.Equal(7u, guest.Registers.Rbx);
    }

    [Theory]
    [EngineData(0, TinyGuest.KernelStackTop, IsSoftware = true)]
    [EngineData(1, TinyGuest.InterruptStackTop, IsSoftware = true)]
    public void TryInterrupt_InRing3_ComesOnTheStackOfItsGate(string engine, int stack, ulong top)
    {
        using TinyGuest guest = MakeGuest(engine, EndlessLoop, ring: 3);
        guest.SetGate(Vector, Handler, stack);
        guest.Cpu.Registers = guest.Registers with { Rflags = FlagInterrupt };
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        (ulong rip, ulong cs, ulong rflags, ulong rsp, ulong ss) = RunToHandler(guest);
        Assert.Equal((Code, 3ul, FlagInterrupt | 2, TinyGuest.StackTop, 3ul), (rip, cs & 3, rflags, rsp, ss & 3));
        Assert.Equal((top - 40, 0), (guest.Registers.Rsp, guest.Cpu.SystemRegisters.Cs.Dpl));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TryInterrupt_InRing0OnAStackOfItsGate_ComesThere(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, EndlessLoop);
        guest.SetGate(Vector, Handler, stack: 1);
        guest.Cpu.Registers = guest.Registers with { Rflags = FlagInterrupt };
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        Assert.Equal(TinyGuest.StackTop, RunToHandler(guest).Rsp);
        Assert.Equal(TinyGuest.InterruptStackTop - 40, guest.Registers.Rsp);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TryInterrupt_CodeThatRunsCompiled_IsInterruptedAndGoesOn(string engine)
    {
        using TinyGuest guest = MakeGuest(engine, EndlessLoop);
        guest.Load(Handler, c =>
        {
            c.@out(0x20, al);
            c.iretq();
        });
        guest.Cpu.Registers = guest.Registers with { Rflags = FlagInterrupt };
        for (int i = 0; i < 100; i++)
        {
            using (var timer = new Timer(_ => guest.Cpu.Cancel(), null, 1, Timeout.Infinite))
                Assert.Equal(VmExitKind.Cancelled, guest.Cpu.Run().Kind);

            Assert.True(guest.Cpu.TryInterrupt(Vector));
            Assert.Equal(0x20, guest.Cpu.Run().Port);
        }

        Assert.InRange(guest.Registers.Rcx, 1u, ulong.MaxValue);
    }

    private static void EndlessLoop(Iced.Intel.Assembler c)
    {
        Iced.Intel.Label again = c.CreateLabel();
        c.Label(ref again);
        c.inc(rcx);
        c.jmp(again);
    }

    private static TinyGuest MakeGuest(string engine, Action<Iced.Intel.Assembler> code, int ring = 0)
    {
        var guest = new TinyGuest(engine, code);
        if (ring != 0)
            TinyGuest.SetUp(guest.Cpu, ring: ring);

        guest.Load(Handler - 0x10, c => c.nop());
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (Vector, Handler));
        return guest;
    }

    private static (ulong Rip, ulong Cs, ulong Rflags, ulong Rsp, ulong Ss) RunToHandler(TinyGuest guest)
    {
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(Handler + 1, guest.Registers.Rip);
        ulong frame = guest.Registers.Rsp;
        return (guest.Read(frame), guest.Read(frame + 8), guest.Read(frame + 16), guest.Read(frame + 24), guest.Read(frame + 32));
    }
}
