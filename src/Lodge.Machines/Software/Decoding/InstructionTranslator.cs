using Iced.Intel;

namespace Lodge.Machines;

/// <summary>From a decoded instruction to the code that executes it. An instruction that is not known becomes an invalid
/// one.</summary>
internal static unsafe partial class InstructionTranslator
{
    /// <summary>Translates an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="op">What it becomes.</param>
    /// <returns>Whether the block ends with it.</returns>
    public static bool Translate(in Instruction instruction, ref MicroOp op)
    {
        op.Base = RegisterFile.OffsetOf(RegisterFile.Zero);
        op.Index = op.Base;
        op.Segment = op.Base;
        if (instruction.IsInvalid || HasBadLock(instruction))
        {
            // One that is too long is another matter than one that is none.
            op.Handler = instruction.Length >= BlockDecoder.MostInstructionBytes
                ? &SystemInstructions.Forbidden
                : &SystemInstructions.Undefined;
            return true;
        }

        if (UsesMemory(instruction))
            SetAddress(instruction, ref op);

        if (TryTranslateInteger(instruction, ref op)
            || TryTranslateShift(instruction, ref op)
            || TryTranslateBits(instruction, ref op)
            || TryTranslateStack(instruction, ref op)
            || TryTranslateVector(instruction, ref op))
        {
            return false;
        }

        if (TryTranslateString(instruction, ref op))
            return false;

        if (TryTranslateBranch(instruction, ref op))
            return true;

        if (TryTranslateSystem(instruction, ref op, out bool endsBlock))
            return endsBlock;

        op.Handler = &SystemInstructions.Unknown;
        return true;
    }

    /// <summary>What leaves a block that has no branch.</summary>
    public static MicroOp EndOfBlock(byte number) => new() { Handler = &Lodge.Machines.EndOfBlock.Execute, Number = number };

    private static bool UsesMemory(in Instruction instruction)
    {
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            if (instruction.GetOpKind(operand) is >= OpKind.MemorySegSI)
                return true;
        }

        return false;
    }

    /// <summary>Whether a lock prefix stands where none may.</summary>
    private static bool HasBadLock(in Instruction instruction)
        => instruction.HasLockPrefix && !(instruction.Op0Kind == OpKind.Memory && instruction.Code.ToOpCode().CanUseLockPrefix);

    private static void SetAddress(in Instruction instruction, ref MicroOp op)
    {
        Register segment = instruction.MemorySegment;
        op.Segment = segment switch
        {
            Register.FS => RegisterFile.OffsetOf(RegisterFile.FsBase),
            Register.GS => RegisterFile.OffsetOf(RegisterFile.GsBase),
            _ => RegisterFile.OffsetOf(RegisterFile.Zero),
        };
        if (instruction.IsIPRelativeMemoryOperand)
        {
            op.Displacement = (long)instruction.IPRelativeMemoryAddress;
            if (instruction.MemoryBase == Register.EIP)
                op.Address |= AddressTraits.Narrow;

            return;
        }

        Register based = instruction.MemoryBase;
        Register index = instruction.MemoryIndex;
        if (based != Register.None)
            op.Base = RegisterFile.OffsetOf(NumberOf(based));

        if (index != Register.None)
        {
            op.Index = RegisterFile.OffsetOf(NumberOf(index));
            op.Shift = (byte)System.Numerics.BitOperations.Log2((uint)instruction.MemoryIndexScale);
        }

        op.Displacement = (long)instruction.MemoryDisplacement64;
        if (IsNarrow(instruction))
            op.Address |= AddressTraits.Narrow;

        if (segment is not (Register.FS or Register.GS) && based is Register.RSP or Register.RBP or Register.ESP or Register.EBP)
            op.Address |= AddressTraits.Stack;
    }

    /// <summary>Whether offsets have 32 bits.</summary>
    public static bool IsNarrow(in Instruction instruction)
    {
        if (instruction.Op0Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI
            || instruction.Op1Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI or OpKind.MemorySegEDI
            || instruction.Op0Kind is OpKind.MemorySegEDI)
        {
            return true;
        }

        if (instruction.MemoryBase.GetSize() == 4 || instruction.MemoryIndex.GetSize() == 4)
            return true;

        // Without registers only the displacement's size tells.
        return instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None
            && instruction.MemoryDisplSize == 4;
    }

    private static AddressForm FormOf(ref MicroOp op)
    {
        byte none = RegisterFile.OffsetOf(RegisterFile.Zero);
        if (op.Segment != none || (op.Address & AddressTraits.Narrow) != 0)
            return AddressForm.Full;

        return op.Index == none ? AddressForm.Base : AddressForm.Indexed;
    }

    private static int NumberOf(Register register) => register.GetFullRegister() - Register.RAX;

    /// <summary>Where a general register lies in the file.</summary>
    private static byte OffsetOf(Register register)
        => register is >= Register.AH and <= Register.BH
            ? RegisterFile.OffsetOfHighByte(register - Register.AH)
            : RegisterFile.OffsetOf(NumberOf(register), register.GetSize());

    private static bool IsGeneral(Register register) => register.IsGPR();

    private static bool IsImmediate(OpKind kind) => kind is >= OpKind.Immediate8 and <= OpKind.Immediate32to64;
}
