using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary>Instructions that keep the state of SSE and the x87. There is no x87 arithmetic.</summary>
internal static unsafe class FpuStateInstructions
{
    private const int PieceBytes = sizeof(ulong);
    private const int AlignmentMask = 15;
    private const int StRegisters = 8;
    private const int TopShift = 11;

    // Bit 6 of the control word is always set, and bits 7, 13, 14 and 15 never are.
    private const ushort ControlWordBits = 0x1F3F;
    private const ushort ControlWordFixed = 0x40;

    // Of the status word: the exceptions, the stack fault, the summary and busy; and the last two alone.
    private const int StatusOfExceptions = 0x80FF;
    private const int StatusOfWaiting = 0x8080;

    // The exceptions in the status word, and their masks in the control word.
    private const int Exceptions = 0x3F;

    public static BlockExit LoadMxcsr(Processor cpu, ref MicroOp op)
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        if (!cpu.TryReadValue(ref op, FullAddress.Of(cpu, ref op), out uint mxcsr))
            return BlockExit.Stopped;

        if (!FxsaveImage.IsMxcsrValid(mxcsr))
            return cpu.RaiseGeneralProtection(ref op);

        cpu.Mxcsr = mxcsr;
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit StoreMxcsr(Processor cpu, ref MicroOp op)
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        return cpu.TryWriteValue(ref op, FullAddress.Of(cpu, ref op), cpu.Mxcsr) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
    }

    /// <summary><c>fxsave</c> and <c>fxsave64</c>, for which <see cref="MicroOp.Extra"/> is 1.</summary>
    public static BlockExit Save(Processor cpu, ref MicroOp op)
        => TrySave(cpu, ref op) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    /// <summary><c>fxrstor</c> and <c>fxrstor64</c>, for which <see cref="MicroOp.Extra"/> is 1.</summary>
    public static BlockExit Restore(Processor cpu, ref MicroOp op)
        => TryRestore(cpu, ref op) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    /// <summary><c>fwait</c>: the x87 exception that waits is raised. It is as if CR0.NE were set: there is nobody to be told by
    /// a pin.</summary>
    public static BlockExit Wait(Processor cpu, ref MicroOp op)
    {
        const ulong Watched = Cr0MonitorCoprocessor | Cr0TaskSwitched;
        if ((cpu.System.Cr0 & Watched) == Watched)
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        return IsExceptionWaiting(cpu) ? cpu.Raise(ref op, ExceptionVector.FloatingPoint) : MicroOp.Next(cpu, ref op);
    }

    public static BlockExit Initialize(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        // The first register is another one then, and ST is counted from it.
        ref FpuRegisters fpu = ref cpu.Fpu;
        Rotate(fpu.St, (fpu.StatusWord >> TopShift) & (StRegisters - 1));
        fpu.ControlWord = FpuRegisters.InitialControlWord;
        fpu.StatusWord = 0;
        fpu.Tags = 0;
        fpu.Opcode = 0;
        fpu.InstructionPointer = 0;
        fpu.DataPointer = 0;
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit ClearExceptions(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        ref FpuRegisters fpu = ref cpu.Fpu;
        fpu.StatusWord = (ushort)(fpu.StatusWord & ~StatusOfExceptions);
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit LoadControlWord(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        if (IsExceptionWaiting(cpu))
            return cpu.Raise(ref op, ExceptionVector.FloatingPoint);

        if (!cpu.TryReadValue(ref op, FullAddress.Of(cpu, ref op), out ushort word))
            return BlockExit.Stopped;

        SetControlWord(ref cpu.Fpu, word);
        return MicroOp.Next(cpu, ref op);
    }

    public static BlockExit StoreControlWord(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        return cpu.TryWriteValue(ref op, FullAddress.Of(cpu, ref op), cpu.Fpu.ControlWord)
            ? MicroOp.Next(cpu, ref op)
            : BlockExit.Stopped;
    }

    public static BlockExit StoreStatusWord(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        return cpu.TryWriteValue(ref op, FullAddress.Of(cpu, ref op), cpu.Fpu.StatusWord)
            ? MicroOp.Next(cpu, ref op)
            : BlockExit.Stopped;
    }

    public static BlockExit StatusWordToRegister(Processor cpu, ref MicroOp op)
    {
        if (!MayUseX87(cpu))
            return cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);

        cpu.Register<ushort>(op.Destination) = cpu.Fpu.StatusWord;
        return MicroOp.Next(cpu, ref op);
    }

    private static bool IsExceptionWaiting(Processor cpu) => (cpu.Fpu.StatusWord & StatusOfWaiting) != 0;

    /// <summary>Sets the control word. Whether an exception waits depends on the masks in it.</summary>
    private static void SetControlWord(ref FpuRegisters fpu, ushort word)
    {
        fpu.ControlWord = (ushort)((word & ControlWordBits) | ControlWordFixed);
        bool waits = (fpu.StatusWord & ~fpu.ControlWord & Exceptions) != 0;
        fpu.StatusWord = (ushort)((fpu.StatusWord & ~StatusOfWaiting) | (waits ? StatusOfWaiting : 0));
    }

    private static void Rotate(Span<UInt128> registers, int top)
    {
        Span<UInt128> before = stackalloc UInt128[StRegisters];
        registers.CopyTo(before);
        for (int index = 0; index < StRegisters; index++)
            registers[index] = before[(index - top) & (StRegisters - 1)];
    }

    private static bool MayUseX87(Processor cpu) => (cpu.System.Cr0 & (Cr0Emulation | Cr0TaskSwitched)) == 0;

    private static bool TrySave(Processor cpu, ref MicroOp op)
    {
        if (!TryBegin(cpu, ref op, out ulong address))
            return false;

        Span<byte> image = stackalloc byte[FxsaveImage.Size];
        FpuRegisters registers = cpu.GetFpu();
        if (op.Extra == 0)
        {
            // The upper halves hold selectors, which are no longer kept.
            registers.InstructionPointer = (uint)registers.InstructionPointer;
            registers.DataPointer = (uint)registers.DataPointer;
        }

        FxsaveImage.Write(registers, image);
        int here = (int)Math.Min(FxsaveImage.Size, TlbEntry.PageBytes - (address & ~TlbEntry.PageMask));
        if (!cpu.MayWrite(ref op, address, PieceBytes)
            || (here < FxsaveImage.Size && !cpu.MayWrite(ref op, address + (ulong)here, PieceBytes)))
        {
            return false;
        }

        for (int offset = 0; offset < FxsaveImage.DefinedBytes; offset += PieceBytes)
        {
            ulong piece = Unsafe.ReadUnaligned<ulong>(ref image[offset]);
            if (!cpu.TryWriteValue(ref op, address + (ulong)offset, piece))
                return false;
        }

        return true;
    }

    private static bool TryRestore(Processor cpu, ref MicroOp op)
    {
        if (!TryBegin(cpu, ref op, out ulong address))
            return false;

        Span<byte> image = stackalloc byte[FxsaveImage.Size];
        for (int offset = 0; offset < FxsaveImage.Size; offset += PieceBytes)
        {
            if (!cpu.TryReadValue(ref op, address + (ulong)offset, out ulong piece))
                return false;

            Unsafe.WriteUnaligned(ref image[offset], piece);
        }

        FpuRegisters registers = FxsaveImage.Read(image);
        if (!FxsaveImage.IsMxcsrValid(registers.Mxcsr))
        {
            cpu.RaiseGeneralProtection(ref op);
            return false;
        }

        if (op.Extra == 0)
        {
            registers.InstructionPointer = (uint)registers.InstructionPointer;
            registers.DataPointer = (uint)registers.DataPointer;
        }

        SetControlWord(ref registers, registers.ControlWord);
        cpu.SetFpu(registers);
        return true;
    }

    private static bool TryBegin(Processor cpu, ref MicroOp op, out ulong address)
    {
        address = FullAddress.Of(cpu, ref op);
        if ((cpu.System.Cr0 & Cr0Emulation) != 0)
            cpu.Raise(ref op, ExceptionVector.InvalidOpcode);
        else if ((cpu.System.Cr0 & Cr0TaskSwitched) != 0)
            cpu.Raise(ref op, ExceptionVector.DeviceNotAvailable);
        else if ((address & AlignmentMask) != 0)
            cpu.RaiseGeneralProtection(ref op);
        else
            return true;

        return false;
    }
}
