using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class CpuExitTests
{
    private const ushort Port = 0x3F8;

    [Theory, EngineData]
    public void Run_Halt_ComesOutWithTheRegistersBehindIt(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
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

    [Theory, EngineData]
    public void Run_PortOut_HasPortSizeAndValue(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.mov(eax, 0x1234_5678);
            c.@out(dx, al);
            c.@out(dx, ax);
            c.@out(dx, eax);
            c.hlt();
        });
        Assert.Equal(Out(1, 0x78), guest.Cpu.Run());
        Assert.Equal(Out(2, 0x5678), guest.Cpu.Run());
        Assert.Equal(Out(4, 0x1234_5678), guest.Cpu.Run());
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Run_PortIn_GivesTheGuestTheAnswerOfTheAccessSize(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.xor(eax, eax);
            c.@in(al, dx);
            c.mov(rbx, rax);
            c.xor(eax, eax);
            c.@in(ax, dx);
            c.mov(rcx, rax);
            c.@in(eax, dx);
            c.hlt();
        });
        foreach (int size in new[] { 1, 2, 4 })
        {
            Assert.Equal(new VmExit { Kind = VmExitKind.PortIn, Port = Port, Size = size }, guest.Cpu.Run());
            guest.Cpu.Answer(0xAABB_CCDD_EEFF_1122);
        }

        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        GeneralRegisters registers = guest.Registers;
        Assert.Equal((0x22u, 0x1122u, 0xEEFF_1122u), (registers.Rbx, registers.Rcx, registers.Rax));
    }

    [Theory, EngineData]
    public void Run_UnansweredReads_GiveOnes(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.xor(eax, eax);
            c.@in(ax, dx);
            c.mov(rbx, TinyGuest.NoMemory);
            c.mov(rcx, __qword_ptr[rbx]);
            c.movzx(esi, __byte_ptr[rbx]);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortIn, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        GeneralRegisters registers = guest.Registers;
        Assert.Equal((0xFFFFul, ulong.MaxValue, 0xFFul), (registers.Rax, registers.Rcx, registers.Rsi));
    }

    [Theory, EngineData]
    public void Run_StringOut_IsAnExitForEachElement(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.mov(rsi, TinyGuest.DataAddress);
            c.mov(ecx, 3);
            c.rep.outsw();
            c.mov(eax, 1);
            c.hlt();
        });
        guest.Write(TinyGuest.DataAddress, 0x6666_5555_4444_3333);
        foreach (ulong value in new ulong[] { 0x3333, 0x4444, 0x5555 })
            Assert.Equal(Out(2, value), guest.Cpu.Run());

        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((0ul, TinyGuest.DataAddress + 6, 1ul), (guest.Registers.Rcx, guest.Registers.Rsi, guest.Registers.Rax));
    }

    [Theory, EngineData]
    public void Run_StringIn_TakesAnAnswerForEachElement(string engine)
    {
        const int Count = 100;
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.mov(rdi, TinyGuest.DataAddress);
            c.mov(ecx, Count);
            c.rep.insd();
            c.hlt();
        });
        for (uint i = 0; i < Count; i++)
        {
            Assert.Equal(new VmExit { Kind = VmExitKind.PortIn, Port = Port, Size = 4 }, guest.Cpu.Run());

            // One is left unanswered.
            if (i != 7)
                guest.Cpu.Answer(0x1000 + i);
        }

        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        GuestMemory memory = guest.Machine.Memory.Current;
        for (uint i = 0; i < Count; i++)
            Assert.Equal(i == 7 ? uint.MaxValue : 0x1000 + i, memory.Read<uint>(TinyGuest.DataAddress + (i * 4)));
    }

    [Theory, EngineData]
    public void Run_AccessWhereNoSlotIs_IsMmio(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rbx, TinyGuest.NoMemory + 8);
            c.mov(rax, 0x1122_3344_5566_7788);
            c.mov(__qword_ptr[rbx], rax);
            c.mov(__word_ptr[rbx + 2], ax);
            c.mov(ecx, __dword_ptr[rbx + 4]);
            c.hlt();
        });
        Assert.Equal(Mmio(VmExitKind.MmioWrite, 8, 8, 0x1122_3344_5566_7788), guest.Cpu.Run());
        Assert.Equal(Mmio(VmExitKind.MmioWrite, 10, 2, 0x7788), guest.Cpu.Run());
        Assert.Equal(Mmio(VmExitKind.MmioRead, 12, 4, 0), guest.Cpu.Run());
        guest.Cpu.Answer(0xFFFF_FFFF_0BAD_CAFE);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(0x0BAD_CAFEu, guest.Registers.Rcx);
    }

    [Theory, EngineData]
    public void Run_WriteToAReadOnlySlot_IsMmioAndChangesNothing(string engine)
    {
        const ulong Rom = 0x20_0000;
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rbx, Rom);
            c.mov(rax, __qword_ptr[rbx]);
            c.mov(__dword_ptr[rbx], 5);
            c.mov(rcx, __qword_ptr[rbx]);
            c.hlt();
        });
        using MemoryRegion rom = MemoryRegion.Anonymous(Rom, 0x1000, RegionOptions.ReadOnly);
        rom.GetHostSlice().Write(0, 0x7777_0000_0000_1111);
        guest.Machine.Map(rom);
        Assert.Equal(new VmExit { Kind = VmExitKind.MmioWrite, Address = Rom, Size = 4, Value = 5 }, guest.Cpu.Run());
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((0x7777_0000_0000_1111u, 0x7777_0000_0000_1111u), (guest.Registers.Rax, guest.Registers.Rcx));
    }

    [Theory, EngineData]
    public void Run_TripleFault_IsAShutdownThatStays(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.ud2());
        VmExit exit = guest.Cpu.Run();
        Assert.Equal(VmExitKind.Shutdown, exit.Kind);
        Assert.NotEmpty(exit.Reason!);
        Assert.Equal(exit, guest.Cpu.Run());

        guest.Load(TinyGuest.CodeAddress, c => c.hlt());
        TinyGuest.SetUp(guest.Cpu);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Registers_AfterPortOut_AreThoseBehindTheInstruction(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@out(0x10, al);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);
        Assert.Equal(TinyGuest.CodeAddress + 2, guest.Registers.Rip);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Registers_SetAfterAWriteWithoutBeingRead_AreUsedAsTheyAre(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@out(0x10, al);
            c.mov(eax, 7);
            c.hlt();
        });
        for (int i = 0; i < 3; i++)
        {
            // Back to the same instruction: KVM would skip it, were the access not ended first.
            Assert.Equal(new VmExit { Kind = VmExitKind.PortOut, Port = 0x10, Size = 1, Value = 0x55 }, RunFromStart());
        }

        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);

        VmExit RunFromStart()
        {
            guest.Cpu.Registers = new GeneralRegisters { Rip = TinyGuest.CodeAddress, Rax = 0x55, Rflags = 2 };
            return guest.Cpu.Run();
        }
    }

    [Theory, EngineData]
    public void Registers_ChangedWhileTheGuestWaits_AreKeptBesideTheAnswer(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.@in(eax, dx);
            c.add(rax, rbx);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortIn, guest.Cpu.Run().Kind);
        guest.Cpu.Registers = guest.Cpu.Registers with { Rbx = 100 };
        guest.Cpu.Answer(11);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(111u, guest.Registers.Rax);
    }

    [Theory, EngineData]
    public void Registers_ChangedWhileTheGuestWaits_AreReadAsTheyWereSet(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(ebx, __dword_ptr[TinyGuest.NoMemory]);
            c.hlt();
        });
        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        GeneralRegisters changed = guest.Registers with { Rcx = 1, Rdx = 2 };
        guest.Cpu.Registers = changed;
        Assert.Equal(changed, guest.Registers);
        guest.Cpu.Registers = guest.Registers with { Rdx = 3 };
        guest.Cpu.Answer(4);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((4ul, 1ul, 3ul), (guest.Registers.Rbx, guest.Registers.Rcx, guest.Registers.Rdx));
    }

    [Theory, EngineData]
    public void SystemRegisters_SetWhileTheGuestWaits_EndTheAccess(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(eax, 3);
            c.mov(ebx, __dword_ptr[TinyGuest.NoMemory]);
            c.hlt();
        });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
            TinyGuest.SetUp(guest.Cpu);
            Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(1));
            Assert.Equal((TinyGuest.CodeAddress, 0ul, 0ul), (guest.Registers.Rip, guest.Registers.Rax, guest.Registers.Rbx));
        }

        Assert.Equal(VmExitKind.MmioRead, guest.Cpu.Run().Kind);
        guest.Cpu.Answer(9);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(9u, guest.Registers.Rbx);
    }

    [Theory, EngineData]
    public void SystemRegisters_SetAmongStringElements_DropTheRest(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(edx, Port);
            c.mov(rsi, TinyGuest.DataAddress);
            c.mov(ecx, 3);
            c.rep.outsb();
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortOut, guest.Cpu.Run().Kind);
        TinyGuest.SetUp(guest.Cpu, TinyGuest.CodeAddress + 0x100);
        guest.Load(TinyGuest.CodeAddress + 0x100, c => c.hlt());
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
    }

    [Theory, EngineData]
    public void Answer_WhenNothingIsAsked_Throws(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@in(al, 0x10);
            c.@out(0x10, al);
            c.hlt();
        });
        Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(1));
        guest.Cpu.Run();
        guest.Cpu.Answer(1);
        Assert.Equal(1u, guest.Cpu.Run().Value);
        Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(1));
    }

    [Theory, EngineData]
    public void Answer_GivenTwice_IsTheLast(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.@in(al, 0x10);
            c.@out(0x10, al);
            c.hlt();
        });
        Assert.Equal(VmExitKind.PortIn, guest.Cpu.Run().Kind);
        guest.Cpu.Answer(1);
        guest.Cpu.Answer(2);
        Assert.Equal(2u, guest.Cpu.Run().Value);
    }

    [Theory, EngineData]
    public void Run_AccessThatCrossesIntoNothing_IsPartMemoryAndPartMmio(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, __qword_ptr[TinyGuest.RamBytes - 4]);
            c.hlt();
        });
        guest.Machine.Memory.Current.Write(TinyGuest.RamBytes - 4, 0x1111_2222);
        Assert.Equal(new VmExit { Kind = VmExitKind.MmioRead, Address = TinyGuest.RamBytes, Size = 4 }, guest.Cpu.Run());
        guest.Cpu.Answer(0x3333_4444);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(0x3333_4444_1111_2222u, guest.Registers.Rax);
    }

    [Theory, EngineData]
    public void Run_TwoCpusOnTwoThreads_SeeOneMemory(string engine)
    {
        const uint Rounds = 20_000;
        using var guest = new TinyGuest(
            engine,
            c =>
            {
                Iced.Intel.Label again = c.CreateLabel();
                c.mov(ecx, Rounds);
                c.mov(eax, 1);
                c.Label(ref again);
                c.mov(edx, eax);
                c.@lock.xadd(__[TinyGuest.DataAddress], edx);
                c.dec(ecx);
                c.jnz(again);
                c.hlt();
            },
            createCpu: false);
        VmExit[] exits = new VmExit[2];
        var threads = new Thread[2];
        for (int i = 0; i < 2; i++)
        {
            int number = i;
            IVirtualCpu cpu = guest.CreateCpu(stack: TinyGuest.StackTop - (ulong)(i * 0x400));
            threads[i] = new Thread(() => exits[number] = cpu.Run());
        }

        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            thread.Join();

        Assert.All(exits, exit => Assert.Equal(VmExitKind.Halt, exit.Kind));
        Assert.Equal(2 * Rounds, guest.Machine.Memory.Current.Read<uint>(TinyGuest.DataAddress));
    }

    private static VmExit Out(int size, ulong value)
        => new() { Kind = VmExitKind.PortOut, Port = Port, Size = size, Value = value };

    private static VmExit Mmio(VmExitKind kind, ulong offset, int size, ulong value)
        => new() { Kind = kind, Address = TinyGuest.NoMemory + offset, Size = size, Value = value };
}
