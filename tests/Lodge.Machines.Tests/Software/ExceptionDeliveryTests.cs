using Iced.Intel;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

/// <summary>What handlers of exceptions are given, and what is left where something fails on the way into them or back.</summary>
public sealed class ExceptionDeliveryTests
{
    private const ulong Code = TinyGuest.CodeAddress;
    private const ulong Handler = 0x1800;
    private const ulong OtherHandler = 0x1A00;
    private const ulong FlagInterrupt = 1 << 9;
    private const ulong FlagResume = 1 << 16;
    private const int DebugVector = 1;
    private const int UndefinedVector = 6;
    private const int ProtectionVector = 13;
    private const byte Vector = 0x40;

    [Theory]
    [EngineData(true, Handler, IsSoftware = true)]
    [EngineData(false, OtherHandler, IsSoftware = true)]
    public void Int1_OfRing3_NeedsNoRightToItsGate(string engine, bool isInt1, ulong handler)
    {
        // The other is int 1, which needs it.
        byte[] instruction = isInt1 ? [0xF1] : [0xCD, DebugVector];
        using var guest = new TinyGuest(engine, c => c.db(instruction), createCpu: false);
        guest.Load(Handler, c => c.hlt());
        guest.Load(OtherHandler, c => c.hlt());
        using IVirtualCpu cpu = guest.CreateCpu(ring: 3);
        guest.InstallTables(cpu, (DebugVector, Handler), (ProtectionVector, OtherHandler));
        Assert.Equal(VmExitKind.Halt, cpu.Run().Kind);
        Assert.Equal(handler + 1, cpu.Registers.Rip);
        ulong saved = guest.Read(cpu.Registers.Rsp + (isInt1 ? 0u : 8));
        Assert.Equal(isInt1 ? Code + 1 : Code, saved);
    }

    /// <summary>A descriptor in a device is an exception for the instruction, and no reason to end the machine at the next
    /// one.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void Exception_BehindADescriptorInNoMemory_IsDelivered(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(ds, ebx);
            c.ud2();
            c.hlt();
        });
        guest.Load(Handler, c =>
        {
            c.add(rsp, 8);
            c.add(__qword_ptr[rsp], 2);
            c.iretq();
        });
        guest.InstallTables(guest.Cpu, (ProtectionVector, Handler));
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with
        {
            Ldt = new SegmentRegister { Selector = 0x28, Base = TinyGuest.NoMemory, Limit = 0xFFFF, Attributes = 0x82 },
        };
        guest.Cpu.Registers = guest.Registers with { Rbx = 0x0C };
        VmExit exit = guest.Cpu.Run();
        Assert.Equal((VmExitKind.Halt, null, Code + 5), (exit.Kind, exit.Reason, guest.Registers.Rip));
    }

    [Theory, EngineData(IsSoftware = true)]
    public void Interrupt_OnAStackInNoMemory_EndsTheRunAndNoLaterOne(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.ud2());
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (UndefinedVector, Handler), (ProtectionVector, Handler));
        guest.SetGate(Vector, Handler, stack: 1);
        guest.Write(TinyGuest.TssAddress + 36, TinyGuest.NoMemory + 0x1000);
        guest.Cpu.Registers = guest.Registers with { Rflags = FlagInterrupt };
        Assert.True(guest.Cpu.TryInterrupt(Vector));
        VmExit exit = guest.Cpu.Run();
        Assert.Equal(VmExitKind.InternalError, exit.Kind);
        Assert.Contains("where there is no memory", exit.Reason, StringComparison.Ordinal);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((Handler + 1, Code), (guest.Registers.Rip, guest.Read(guest.Registers.Rsp)));
    }

    /// <summary>The frame of a fault has RF. Behind the instruction that is begun again nobody has.</summary>
    [Theory, EngineData(IsSoftware = true)]
    public void ResumeFlag_BehindAFaultsHandler_IsClear(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.ud2();
            c.nop();
            c.hlt();
            c.@int(Vector);
            c.syscall();
        });
        guest.Load(OtherHandler, c =>
        {
            c.mov(rbx, __qword_ptr[rsp + 16]);
            c.add(__qword_ptr[rsp], 2);
            c.iretq();
        });
        guest.Load(Handler, c =>
        {
            c.mov(rdx, __qword_ptr[rsp + 16]);
            c.iretq();
        });
        guest.Load(Handler + 0x100, c => c.hlt());
        guest.InstallTables(guest.Cpu, (UndefinedVector, OtherHandler), (Vector, Handler));
        Assert.True(guest.Cpu.TrySetMsr(Msr.Lstar, Handler + 0x100));
        Assert.True(guest.Cpu.TrySetMsr(Msr.Star, (0x20UL << 48) | (0x08UL << 32)));
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Efer = guest.Cpu.SystemRegisters.Efer | 1 };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((FlagResume, 0ul), (guest.Registers.Rbx & FlagResume, guest.Registers.Rflags & FlagResume));
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(Handler + 0x101, guest.Registers.Rip);
        Assert.Equal((2ul, 2ul), (guest.Registers.Rdx & (FlagResume | 2), guest.Registers.R11 & (FlagResume | 2)));
    }

    /// <summary>The code segment that is returned to cannot be marked as accessed, because it is in ROM.</summary>
    [Theory]
    [EngineData(false, IsSoftware = true)]
    [EngineData(true, IsSoftware = true)]
    public void Return_ThatFails_LeavesSs(string engine, bool isInterrupt)
    {
        const int UserCode = 0x30;
        using var guest = new TinyGuest(engine, c => PushAndReturn(c, isInterrupt));
        guest.Load(Handler, c => c.hlt());
        guest.InstallTables(guest.Cpu, (ProtectionVector, Handler));
        byte[] gdt = new byte[4096];
        guest.Ram.GetHostSlice().CopyTo(TinyGuest.GdtAddress, gdt.AsSpan(0, UserCode + 8));
        gdt[UserCode + 5] &= 0xFE;
        using MemoryRegion rom = MemoryRegion.Anonymous(TinyGuest.NoMemory, 4096);
        rom.GetHostSlice().CopyFrom(0, gdt);
        guest.Machine.Map(rom.WithPermissions(MemoryAccess.Read));
        SystemRegisters before = guest.Cpu.SystemRegisters with
        {
            Gdt = new DescriptorTable { Base = TinyGuest.NoMemory, Limit = UserCode + 7 },
        };
        guest.Cpu.SystemRegisters = before;
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(Handler + 1, guest.Registers.Rip);
        Assert.Equal(before.Ss, guest.Cpu.SystemRegisters.Ss);
        Assert.Equal(before.Ss.Selector, guest.Read(guest.Registers.Rsp + 40));
    }

    private static void PushAndReturn(Assembler c, bool isInterrupt)
    {
        c.push(0x2B);
        c.push((int)TinyGuest.StackTop);
        if (isInterrupt)
            c.push(2);

        c.push(0x33);
        c.push((int)OtherHandler);
        if (isInterrupt)
            c.iretq();
        else
            c.db(0x48, 0xCB);       // retfq
    }
}
