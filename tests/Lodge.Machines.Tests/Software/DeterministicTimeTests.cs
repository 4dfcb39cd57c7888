using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class DeterministicTimeTests
{
    private const int Rounds = 40;

    [Theory, EngineData(IsSoftware = true)]
    public void TimeStamps_OfTwoRunsAndBothVariants_AreTheSame(string engine)
    {
        ulong[] values = Read(engine, cpu => cpu.Run());
        Assert.Equal(values, Read(engine, cpu => cpu.Run()));
        Assert.Equal(Read("interpreted", cpu => cpu.Run()), values);
        Assert.All(values.Zip(values.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair}"));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TimeStamps_OfAGuestThatIsStopped_AreThoseOfOneThatIsNot(string engine)
    {
        ulong[] stopped = Read(engine, cpu =>
        {
            VmExit exit;
            do
            {
                cpu.InstructionLimit = cpu.InstructionsExecuted + 1;
                exit = cpu.Run();
            }
            while (exit.Kind == VmExitKind.InstructionLimit);

            return exit;
        });
        Assert.Equal(Read(engine, cpu => cpu.Run()), stopped);
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TimeStamp_IsTheCountOfInstructionsWithItsOwn(string engine)
    {
        using TinyGuest guest = MakeGuest(engine);
        var cpu = (SoftwareCpu)guest.Cpu;
        guest.Load(TinyGuest.CodeAddress, c =>
        {
            c.nop();
            c.rdtsc();
            c.mov(rbx, rax);
            c.nop();
            c.rdtscp();
            c.hlt();
        });
        for (int round = 0; round < 3; round++)
        {
            TinyGuest.SetUp(cpu);
            ulong before = cpu.InstructionsExecuted;
            Assert.Equal(VmExitKind.Halt, cpu.Run().Kind);
            Assert.Equal((before + 2, before + 5), (cpu.Registers.Rbx, cpu.Registers.Rax));
            Assert.Equal(before + 6, cpu.InstructionsExecuted);
            Assert.True(cpu.TryGetMsr(Msr.TimeStampCounter, out ulong time));
            Assert.Equal(cpu.InstructionsExecuted, time);
        }
    }

    [Theory, EngineData(IsSoftware = true)]
    public void TimeStamp_ThatWasSet_GoesOnFromThere(string engine)
    {
        using TinyGuest guest = MakeGuest(engine);
        guest.Load(TinyGuest.CodeAddress, c =>
        {
            c.nop();
            c.rdtsc();
            c.hlt();
        });
        Assert.True(guest.Cpu.TrySetMsr(Msr.TimeStampCounter, 1_000_000));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(1_000_002u, guest.Registers.Rax);
    }

    /// <summary>As <c>rdtsc</c> does, wherever in its block the instruction is.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void TimeStampRegister_ReadByTheGuest_IsTheCountOfInstructionsWithItsOwn(string engine)
    {
        using TinyGuest guest = MakeGuest(engine);
        guest.Load(TinyGuest.CodeAddress, c =>
        {
            c.mov(ecx, (int)Msr.TimeStampCounter);
            c.rdmsr();
            c.nop();
            c.nop();
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(2u, guest.Registers.Rax);
    }

    [Theory, EngineData]
    public void TimeStamp_WithoutTheOption_GoesOn(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.rdtsc();
            c.mov(ebx, eax);
            c.mov(ecx, edx);
            c.hlt();
            c.rdtsc();
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Thread.Sleep(2);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        GeneralRegisters registers = guest.Registers;
        ulong first = registers.Rbx | (registers.Rcx << 32);
        Assert.True((registers.Rax | (registers.Rdx << 32)) > first + 1000);
    }

    private static TinyGuest MakeGuest(string engine)
        => new(TestEngines.Variant(engine, options => options with { DeterministicTime = true }), c => c.hlt());

    /// <summary>The time stamps that a guest reads in blocks of several lengths.</summary>
    private static ulong[] Read(string engine, Func<SoftwareCpu, VmExit> run)
    {
        using TinyGuest guest = MakeGuest(engine);
        guest.Load(TinyGuest.CodeAddress, c =>
        {
            Iced.Intel.Label again = c.CreateLabel();
            Iced.Intel.Label skip = c.CreateLabel();
            c.mov(rdi, TinyGuest.DataAddress);
            c.mov(ebx, Rounds);
            c.Label(ref again);
            c.rdtsc();
            c.mov(__dword_ptr[rdi], eax);
            c.add(rdi, 4);
            c.test(ebx, 3);
            c.jz(skip);
            c.imul(esi, ebx, 7);
            c.Label(ref skip);
            c.rdtscp();
            c.mov(__dword_ptr[rdi], eax);
            c.add(rdi, 4);
            c.dec(ebx);
            c.jnz(again);
            c.hlt();
        });
        Assert.Equal(VmExitKind.Halt, run((SoftwareCpu)guest.Cpu).Kind);
        GuestMemory memory = guest.Machine.Memory.Current;
        return
        [
            .. Enumerable.Range(0, 2 * Rounds).Select(i => (ulong)memory.Read<uint>(TinyGuest.DataAddress + ((ulong)i * 4))),
        ];
    }
}
