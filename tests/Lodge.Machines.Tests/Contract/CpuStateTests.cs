using System.Buffers.Binary;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Lodge.Machines.Tests;

public sealed class CpuStateTests
{
    [Theory, EngineData]
    public void Registers_SetAndRead_AreTheSame(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        var registers = new GeneralRegisters
        {
            Rax = 1,
            Rbx = 2,
            Rcx = 3,
            Rdx = 4,
            Rsi = 5,
            Rdi = 6,
            Rsp = 7,
            Rbp = 8,
            R8 = 9,
            R9 = 10,
            R10 = 11,
            R11 = 12,
            R12 = 13,
            R13 = 14,
            R14 = 15,
            R15 = ulong.MaxValue,
            Rip = TinyGuest.CodeAddress,
            Rflags = 0x246,
        };
        guest.Cpu.Registers = registers;
        Assert.Equal(registers, guest.Registers);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(registers with { Rip = TinyGuest.CodeAddress + 1 }, guest.Registers);
    }

    [Theory, EngineData]
    public void Registers_FlagsWithoutTheFixedBit_HaveItNevertheless(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        guest.Cpu.Registers = new GeneralRegisters { Rip = TinyGuest.CodeAddress };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal(2u, guest.Registers.Rflags);
    }

    [Theory, EngineData]
    public void CreateCpu_IsInTheStateAfterAReset(string engine)
    {
        using IVirtualMachine machine = TestEngines.Get(engine).CreateMachine();
        using IVirtualCpu cpu = machine.CreateCpu();
        SystemRegisters system = cpu.SystemRegisters;
        Assert.Equal((0xFFF0u, 2u), (cpu.Registers.Rip, cpu.Registers.Rflags));
        Assert.Equal((0xF000, 0xFFFF_0000ul, 0xFFFFu), (system.Cs.Selector, system.Cs.Base, system.Cs.Limit));
        Assert.Equal((0x6000_0010ul, 0ul, 0ul, 0ul), (system.Cr0, system.Cr3, system.Cr4, system.Efer));
        Assert.Equal((DebugRegisters.InitialDr6, DebugRegisters.InitialDr7), (cpu.DebugRegisters.Dr6, cpu.DebugRegisters.Dr7));
        Assert.Equal(FpuRegisters.InitialMxcsr, cpu.FpuRegisters.Mxcsr);
        Assert.Same(machine, cpu.Machine);
    }

    [Theory, EngineData]
    public void SystemRegisters_SetAndRead_AreTheSame(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        SystemRegisters registers = SystemRegisters.LongMode(TinyGuest.Pml4Address) with
        {
            Fs = SegmentRegister.Data(0x10) with { Base = 0x1234_5000 },
            Gs = new SegmentRegister { Selector = 0, Base = 0xFFFF_8000_0000_1000 },
            Gdt = new DescriptorTable { Base = TinyGuest.GdtAddress, Limit = 0x37 },
            Idt = new DescriptorTable { Base = TinyGuest.IdtAddress, Limit = 0xFFF },
            Cr2 = 0x1234,
            Cr8 = 5,
        };
        guest.Cpu.SystemRegisters = registers;
        Assert.Equal(registers, guest.Cpu.SystemRegisters);
    }

    [Theory, EngineData]
    public void SystemRegisters_Cr8_IsTheGuestsToo(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.mov(rax, cr8);
            c.mov(ebx, 2);
            c.mov(cr8, rbx);
            c.hlt();
        });
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Cr8 = 9 };
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        Assert.Equal((9u, 2u), (guest.Registers.Rax, guest.Cpu.SystemRegisters.Cr8));
    }

    [Theory, EngineData]
    public void DebugRegisters_SetAndRead_AreTheSame(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        var registers = new DebugRegisters
        {
            Dr0 = 0x1000,
            Dr1 = 0x2000,
            Dr2 = 0x3000,
            Dr3 = 0x4000,
            Dr6 = 0xFFFF_0FF1,
            Dr7 = 0x402,
        };
        guest.Cpu.DebugRegisters = registers;
        Assert.Equal(registers, guest.Cpu.DebugRegisters);
    }

    [Theory, EngineData]
    public void TryGetMsr_WhatWasSet_IsRead(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        foreach (uint msr in new[] { Msr.Lstar, Msr.Star, Msr.SyscallMask, Msr.KernelGsBase, Msr.FsBase, Msr.SysenterEip })
        {
            Assert.True(guest.Cpu.TrySetMsr(msr, 0x1234_5000 + msr % 16));
            Assert.True(guest.Cpu.TryGetMsr(msr, out ulong value));
            Assert.Equal(0x1234_5000 + (msr % 16), value);
        }

        Assert.Equal(0x1234_5000ul + (Msr.FsBase % 16), guest.Cpu.SystemRegisters.Fs.Base);
    }

    [Theory, EngineData]
    public void TrySetMsr_ValueThatCannotBe_IsRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        Assert.False(guest.Cpu.TrySetMsr(Msr.Efer, 1UL << 63));
        Assert.True(guest.Cpu.TryGetMsr(Msr.Efer, out ulong efer));
        Assert.Equal(guest.Cpu.SystemRegisters.Efer, efer);
    }

    [Theory, EngineData]
    public void FpuRegisters_SetAndRead_AreTheSame(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        FpuRegisters registers = FpuRegisters.Initial with { StatusWord = 0x3800, Tags = 0x81, Mxcsr = 0x1FA0, Opcode = 0x7FF };
        registers.InstructionPointer = 0x1234_5678_9ABC;
        registers.DataPointer = 0x1111_2222_3333;
        for (int i = 0; i < 16; i++)
            registers.Xmm[i] = new UInt128(ulong.MaxValue - (ulong)i, (ulong)i);

        for (int i = 0; i < 8; i++)
            registers.St[i] = new UInt128(0x3FFF, 0x8000_0000_0000_0000 + (ulong)i);

        guest.Cpu.FpuRegisters = registers;
        Assert.Equal(registers, guest.Cpu.FpuRegisters);
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);

        // Once the processor has had them: those of AMD keep where the last x87 instruction was only while an exception is
        // pending.
        FpuRegisters after = guest.Cpu.FpuRegisters;
        Assert.Equal(
            registers with { Opcode = 0, InstructionPointer = 0, DataPointer = 0 },
            after with { Opcode = 0, InstructionPointer = 0, DataPointer = 0 });
    }

    [Theory, EngineData(Needs = BareNeeds.Sse)]
    public void FpuRegisters_AreTheGuests(string engine)
    {
        using var guest = new TinyGuest(engine, c =>
        {
            c.paddq(xmm0, xmm1);
            c.hlt();
        });
        FpuRegisters registers = FpuRegisters.Initial;
        registers.Xmm[0] = 40;
        registers.Xmm[1] = 2;
        guest.Cpu.FpuRegisters = registers;
        Assert.Equal(VmExitKind.Halt, guest.Cpu.Run().Kind);
        FpuRegisters after = guest.Cpu.FpuRegisters;
        Assert.Equal((UInt128)42, after.Xmm[0]);
    }

    [Theory, EngineData]
    public void SetXsave_WhatWasGot_RestoresTheState(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        FpuRegisters registers = FpuRegisters.Initial;
        registers.Xmm[5] = 555;
        guest.Cpu.FpuRegisters = registers;
        byte[] area = new byte[guest.Cpu.XsaveSize];
        guest.Cpu.GetXsave(area);
        guest.Cpu.FpuRegisters = FpuRegisters.Initial;
        guest.Cpu.SetXsave(area);
        Assert.Equal(registers, guest.Cpu.FpuRegisters);

        // The legacy part and the header are enough where nothing else is marked.
        Assert.Equal(0u, BinaryPrimitives.ReadUInt64LittleEndian(area.AsSpan(512)) & ~3u);
        guest.Cpu.FpuRegisters = FpuRegisters.Initial;
        guest.Cpu.SetXsave(area.AsSpan(0, 576));
        Assert.Equal(registers, guest.Cpu.FpuRegisters);
    }

    [Theory, EngineData]
    public void SetXsave_WhatCannotBe_IsRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        byte[] area = new byte[guest.Cpu.XsaveSize];
        Assert.Throws<ArgumentException>(() => guest.Cpu.GetXsave(area.AsSpan(0, guest.Cpu.XsaveSize - 1)));
        guest.Cpu.GetXsave(area);
        Assert.Throws<ArgumentException>(() => guest.Cpu.SetXsave(area.AsSpan(0, 575)));
        guest.Cpu.SetXsave(area);
        area[519] = 0x40;
        Assert.Throws<ArgumentException>(() => guest.Cpu.SetXsave(area));
        area[519] = 0;
        area[527] = 0x80;
        Assert.Throws<ArgumentException>(() => guest.Cpu.SetXsave(area));
    }

    [Theory, EngineData]
    public void FpuRegisters_ReservedBitsOfMxcsr_AreRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        Assert.Throws<ArgumentException>(() => guest.Cpu.FpuRegisters = FpuRegisters.Initial with { Mxcsr = 0x8000_0000 });
    }

    [Theory, EngineData]
    public void SetXsave_BytesBehindTheState_AreRefused(string engine)
    {
        using var guest = new TinyGuest(engine, c => c.hlt());
        byte[] area = new byte[guest.Cpu.XsaveSize + 64];
        guest.Cpu.GetXsave(area);
        guest.Cpu.SetXsave(area);
        area[^1] = 1;
        Assert.Throws<ArgumentException>(() => guest.Cpu.SetXsave(area));
    }
}
