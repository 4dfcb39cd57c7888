using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>What becomes of an instruction that waits for the host, when the host does something else than to run on.</summary>
public sealed class OpenAccessTests
{
    private const ulong Other = TinyGuest.CodeAddress + 0x100;
    private const ulong Answer = 0x11;

    // Each stops once, with RAX the register that it reads or writes, and then halts.
    private static readonly Dictionary<string, Action<Assembler>> Accesses = new()
    {
        ["in"] = c => c.@in(al, 0x10),
        ["read"] = c => c.mov(al, __byte_ptr[TinyGuest.NoMemory]),
        ["read and write"] = c => c.xchg(__byte_ptr[TinyGuest.NoMemory], al),
        ["write"] = c => c.mov(__byte_ptr[TinyGuest.NoMemory], al),
        ["rep insb"] = c =>
        {
            c.lea(rdi, __[TinyGuest.DataAddress]);
            c.mov(ecx, 3);
            c.rep.insb();
        },
    };

    public static TheoryData<string, string> Cases()
        => [.. from engine in TestEngines.Variants from access in Accesses.Keys select (engine.Name, access)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Registers_WithAnotherRip_GiveTheInstructionUp(string engine, string access)
    {
        using TinyGuest guest = MakeGuest(engine, access);
        Assert.NotEqual(VmExitKind.Halt, guest.Cpu.Run().Kind);
        var registers = new GeneralRegisters { Rip = Other, Rax = 0x1234, Rflags = GeneralRegisters.FixedFlags };
        guest.Cpu.Registers = registers;
        Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(Answer));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(registers with { Rip = Other + 1 }, guest.Registers);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void SystemRegisters_GiveTheInstructionUp(string engine, string access)
    {
        using TinyGuest guest = MakeGuest(engine, access);
        Assert.NotEqual(VmExitKind.Halt, guest.Cpu.Run().Kind);
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters;
        Assert.Throws<InvalidOperationException>(() => guest.Cpu.Answer(Answer));
        guest.Cpu.Registers = new GeneralRegisters { Rip = Other, Rax = 5, Rflags = GeneralRegisters.FixedFlags };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(5u, guest.Registers.Rax);
    }

    /// <summary>The instruction goes on with the registers that it is given, and with the answer.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Registers_WithTheSameRip_AreThoseThatItGoesOnWith(string engine, string access)
    {
        using TinyGuest guest = MakeGuest(engine, access);
        VmExit exit = guest.Cpu.Run();
        guest.Cpu.Registers = guest.Registers with { R15 = 99 };
        while (exit.Kind != VmExitKind.Halt)
        {
            if (exit.Kind is VmExitKind.PortIn or VmExitKind.MmioRead)
                guest.Cpu.Answer(Answer);

            exit = guest.Cpu.Run();
        }

        GeneralRegisters registers = guest.Registers;
        Assert.Equal(99u, registers.R15);
        if (access == "rep insb")
            Assert.Equal(0x11_1111u, guest.Read(TinyGuest.DataAddress));
        else
            Assert.Equal(access == "write" ? 0x77 : Answer, registers.Rax);
    }

    /// <summary>Setting other state than where it goes on keeps it waiting, and counts.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void OtherState_CanBeReadAndSetWhileItWaits(string engine, string access)
    {
        using TinyGuest guest = MakeGuest(engine, access);
        VmExit exit = guest.Cpu.Run();
        FpuRegisters fpu = guest.Cpu.FpuRegisters;
        fpu.Xmm[3] = 333;
        guest.Cpu.FpuRegisters = fpu;
        guest.Cpu.DebugRegisters = guest.Cpu.DebugRegisters with { Dr0 = 0x55 };
        Assert.True(guest.Cpu.TrySetMsr(Msr.KernelGsBase, 0x66));
        _ = guest.Cpu.SystemRegisters;
        if (exit.Kind is VmExitKind.PortIn or VmExitKind.MmioRead)
            guest.Cpu.Answer(Answer);

        while (exit.Kind != VmExitKind.Halt)
            exit = guest.Cpu.Run();

        Assert.Equal((UInt128)333, guest.Cpu.FpuRegisters.Xmm[3]);
        if (access is "in" or "read" or "read and write")
            Assert.Equal(Answer, guest.Registers.Rax);
    }

    private static TinyGuest MakeGuest(string engine, string access)
    {
        var guest = new TinyGuest(engine, c =>
        {
            Accesses[access](c);
            c.hlt();
        });
        guest.Load(Other, c => c.hlt());
        guest.Cpu.Registers = guest.Registers with { Rax = 0x77, Rdx = 0x10 };
        return guest;
    }
}
