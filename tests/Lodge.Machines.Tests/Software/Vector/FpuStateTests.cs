using Iced.Intel;
using Xunit;

namespace Lodge.Machines.Tests;

public sealed class FpuStateTests
{
    private const int InvalidOpcode = 6;
    private const int NotAvailable = 7;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int FloatingPointError = 16;
    private const int ImageBytes = 512;
    private const int DefinedBytes = 416;

    [Fact]
    public void Ldmxcsr_TakesWhatHasNoReservedBits()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Ldmxcsr_m32, SseGuest.InMemory));
        guest.Memory.Write(SseGuest.Operand, 0xFFFFu);
        Assert.Null(guest.Run());
        Assert.Equal(0xFFFFu, guest.State.Mxcsr);

        guest.Memory.Write(SseGuest.Operand, 0x1_1F80u);
        Assert.Equal(GeneralProtection, guest.Run());
        Assert.Equal(0xFFFFu, guest.State.Mxcsr);
    }

    [Fact]
    public void Stmxcsr_StoresIt()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Stmxcsr_m32, SseGuest.InMemory));
        guest.State.Mxcsr = 0x9FC1;
        guest.Memory.Write(SseGuest.Operand, ulong.MaxValue);
        Assert.Null(guest.Run());
        Assert.Equal(0xFFFF_FFFF_0000_9FC1, guest.Memory.Read<ulong>(SseGuest.Operand));
    }

    [Fact]
    public void Fxsave64_WritesTheDefinedBytesAndFxrstor64TakesThem()
    {
        FpuRegisters state = AnyState();
        byte[] expected = new byte[ImageBytes];
        Array.Fill(expected, (byte)0xEE);
        FxsaveImage.Write(state, expected);

        using var save = new SseGuest(Instruction.Create(Code.Fxsave64_m512byte, SseGuest.InMemory));
        save.State = state;
        save.Memory.Fill(SseGuest.Operand, ImageBytes, 0xEE);
        Assert.Null(save.Run());
        byte[] image = new byte[ImageBytes];
        save.Memory.ReadExactly(SseGuest.Operand, image);
        Assert.Equal(expected, image);
        Assert.All(image[DefinedBytes..], value => Assert.Equal(0xEE, value));

        using var restore = new SseGuest(Instruction.Create(Code.Fxrstor64_m512byte, SseGuest.InMemory));
        restore.Memory.WriteExactly(SseGuest.Operand, image);
        Assert.Null(restore.Run());
        Assert.Equal(state, restore.State);
    }

    [Fact]
    public void Fxsave_And_Fxrstor_KeepTheLowerHalvesOfPointers()
    {
        FpuRegisters state = AnyState();
        state.StatusWord = 0;
        using var guest = new SseGuest(
            Instruction.Create(Code.Fxsave_m512byte, SseGuest.InMemory),
            Instruction.Create(Code.Fninit),
            Instruction.Create(Code.Fxrstor_m512byte, SseGuest.InMemory));
        guest.State = state;
        Assert.Null(guest.Run());

        state.InstructionPointer = (uint)state.InstructionPointer;
        state.DataPointer = (uint)state.DataPointer;
        Assert.Equal(state, guest.State);
    }

    [Theory]
    [InlineData(Code.Fxsave64_m512byte)]
    [InlineData(Code.Fxrstor64_m512byte)]
    [InlineData(Code.Fxsave_m512byte)]
    [InlineData(Code.Fxrstor_m512byte)]
    public void Images_HaveToBeAlignedAndThereInAll(Code code)
    {
        using var guest = new SseGuest(Instruction.Create(code, SseGuest.InMemory));
        guest.State = AnyState();
        FpuRegisters before = guest.State;
        guest.Registers.Rbx = SseGuest.Operand + 8;
        Assert.Equal(GeneralProtection, guest.Run());

        // The first GiB is mapped, and behind it nothing is; what is not RAM would be a device.
        const ulong Mapped = 1UL << 30;
        guest.Registers.Rbx = Mapped;
        Assert.Equal(PageFault, guest.Run());
        Assert.Equal(before, guest.State);
    }

    [Fact]
    public void Fxsave_AcrossAPageThatIsMissing_WritesNothing()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Fxsave64_m512byte, SseGuest.InMemory));
        const ulong LastMapped = 0x1000_0000_0000;
        const ulong Table = 0x40000;

        // One page of 4 KiB at an address of its own; the page behind it is not there.
        guest.Memory.Write(TinyGuest.Pml4Address + (((LastMapped >> 39) & 511) * 8), (Table + 0x1000) | 7);
        guest.Memory.Write(Table + 0x1000 + (((LastMapped >> 30) & 511) * 8), (Table + 0x2000) | 7);
        guest.Memory.Write(Table + 0x2000 + (((LastMapped >> 21) & 511) * 8), (Table + 0x3000) | 7);
        guest.Memory.Write(Table + 0x3000 + (((LastMapped >> 12) & 511) * 8), SseGuest.Operand | 7);
        guest.State = AnyState();
        guest.Registers.Rbx = LastMapped + 0x1000 - 256;

        Assert.Equal(PageFault, guest.Run());
        Assert.Equal(LastMapped + 0x1000, guest.Cpu.SystemRegisters.Cr2);
        byte[] page = new byte[0x1000];
        guest.Memory.ReadExactly(SseGuest.Operand, page);
        Assert.All(page, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Fxrstor_OfReservedBits_ChangesNothing()
    {
        using var guest = new SseGuest(Instruction.Create(Code.Fxrstor64_m512byte, SseGuest.InMemory));
        byte[] image = new byte[ImageBytes];
        FpuRegisters other = AnyState();
        other.Mxcsr = 0x1_0000;
        FxsaveImage.Write(other, image);
        guest.Memory.WriteExactly(SseGuest.Operand, image);

        Assert.Equal(GeneralProtection, guest.Run());
        Assert.Equal(FpuRegisters.Initial, guest.State);
    }

    [Fact]
    public void Fninit_And_Fnclex_LeaveTheRegistersWhereTheyAre()
    {
        using (var guest = new SseGuest(Instruction.Create(Code.Fninit)))
        {
            guest.State = AnyState();
            FpuRegisters expected = guest.State;

            // The state has register 6 on top, and counts from it.
            for (int index = 0; index < expected.St.Length; index++)
                expected.St[index] = guest.State.St[(index - 6) & 7];

            expected.ControlWord = FpuRegisters.InitialControlWord;
            expected.StatusWord = 0;
            expected.Tags = 0;
            expected.Opcode = 0;
            expected.InstructionPointer = 0;
            expected.DataPointer = 0;
            Assert.Null(guest.Run());
            Assert.Equal(expected, guest.State);
        }

        using (var guest = new SseGuest(Instruction.Create(Code.Fnclex)))
        {
            guest.State = AnyState();
            guest.State.StatusWord = 0xFFFF;
            FpuRegisters expected = guest.State;
            expected.StatusWord = 0x7F00;
            Assert.Null(guest.Run());
            Assert.Equal(expected, guest.State);
        }
    }

    [Fact]
    public void ControlAndStatusWords_AreLoadedAndStored()
    {
        var second = new MemoryOperand(Register.RBX, 8);
        var third = new MemoryOperand(Register.RBX, 12);
        using var guest = new SseGuest(
            Instruction.Create(Code.Fldcw_m2byte, SseGuest.InMemory),
            Instruction.Create(Code.Fnstcw_m2byte, second),
            Instruction.Create(Code.Fnstsw_m2byte, third),
            Instruction.Create(Code.Fnstsw_AX, Register.AX));
        guest.Memory.Write(SseGuest.Operand, (ushort)0xFC7F);
        guest.State.StatusWord = 0x3800;
        guest.Registers.Rax = ulong.MaxValue;

        Assert.Null(guest.Run());
        Assert.Equal(0x1C7F, guest.Memory.Read<ushort>(SseGuest.Operand + 8));
        Assert.Equal(0x1C7F, guest.State.ControlWord);
        Assert.Equal(0x3800u, guest.Memory.Read<uint>(SseGuest.Operand + 12));
        Assert.Equal(0xFFFF_FFFF_FFFF_3800, guest.Registers.Rax);
    }

    [Theory]
    [InlineData(0xCCCC, 0x0764, 0x87E4)]
    [InlineData(0xCCFF, 0x0764, 0x0764)]
    public void Fldcw_TellsWhetherAnExceptionWaits(ushort control, ushort before, ushort after)
    {
        using var guest = new SseGuest(Instruction.Create(Code.Fldcw_m2byte, SseGuest.InMemory));
        guest.Memory.Write(SseGuest.Operand, control);
        guest.State.ControlWord = 0x37F;
        guest.State.StatusWord = before;

        Assert.Null(guest.Run());
        Assert.Equal(after, guest.State.StatusWord);
    }

    [Fact]
    public void AnX87ExceptionThatWaits_IsRaisedByWhatWaitsForIt()
    {
        byte[] image = new byte[ImageBytes];
        FpuRegisters state = FpuRegisters.Initial;
        state.ControlWord = 0x40;
        state.StatusWord = 1;
        FxsaveImage.Write(state, image);
        foreach ((Instruction second, int? expected) in new (Instruction, int?)[]
        {
            (Instruction.Create(Code.Wait), FloatingPointError),
            (Instruction.Create(Code.Fldcw_m2byte, SseGuest.InMemory), FloatingPointError),
            (Instruction.Create(Code.Fnstcw_m2byte, SseGuest.InMemory), null),
            (Instruction.Create(Code.Fnclex), null),
        })
        {
            using var guest = new SseGuest(Instruction.Create(Code.Fxrstor64_m512byte, SseGuest.InMemory), second);
            guest.Memory.WriteExactly(SseGuest.Operand, image);
            Assert.Equal(expected, guest.Run());
            Assert.Equal(second.Mnemonic == Mnemonic.Fnclex ? 0 : 0x8081, guest.State.StatusWord);
        }
    }

    [Fact]
    public void Wait_ForATaskThatWasSwitched_IsNotAvailable()
    {
        const ulong TaskSwitched = 1 << 3;
        using var guest = new SseGuest(Instruction.Create(Code.Wait));
        Assert.Null(guest.Run());
        guest.Cpu.SystemRegisters = guest.Cpu.SystemRegisters with { Cr0 = guest.Cpu.SystemRegisters.Cr0 | TaskSwitched };
        Assert.Equal(NotAvailable, guest.Run());
    }

    [Theory]
    [InlineData(Code.Fxsave64_m512byte, InvalidOpcode)]
    [InlineData(Code.Ldmxcsr_m32, InvalidOpcode)]
    [InlineData(Code.Fldcw_m2byte, NotAvailable)]
    public void ControlBits_DecideWhetherStateMayBeUsed(Code code, int whenEmulated)
    {
        const ulong TaskSwitched = 1 << 3;
        const ulong Emulation = 1 << 2;
        using var guest = new SseGuest(Instruction.Create(code, SseGuest.InMemory));
        SystemRegisters usual = guest.Cpu.SystemRegisters;
        guest.Cpu.SystemRegisters = usual with { Cr0 = usual.Cr0 | TaskSwitched };
        Assert.Equal(NotAvailable, guest.Run());
        guest.Cpu.SystemRegisters = usual with { Cr0 = usual.Cr0 | Emulation };
        Assert.Equal(whenEmulated, guest.Run());
    }

    private static FpuRegisters AnyState()
    {
        FpuRegisters state = FpuRegisters.Initial;
        state.ControlWord = 0x0C7F;
        state.StatusWord = 0x3000;
        state.Tags = 0x81;
        state.Opcode = 0x5AB;
        state.InstructionPointer = 0x1234_5678_9ABC;
        state.DataPointer = 0xFEDC_BA98_7654;
        state.Mxcsr = 0x5FA2;
        for (int index = 0; index < state.St.Length; index++)
            state.St[index] = ((UInt128)(0x3FF0 + index) << 64) | (0x8000_0000_0000_0000 + (ulong)index);

        for (int index = 0; index < state.Xmm.Length; index++)
            state.Xmm[index] = ((UInt128)(0x1111 * index) << 90) | (0xABCDEFUL + (ulong)index);

        return state;
    }
}
