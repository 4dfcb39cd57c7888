using Iced.Intel;

namespace Lodge.Machines;

/// <content>Instructions that have a register or memory as an operand.</content>
internal static unsafe partial class InstructionTranslator
{
    /// <summary>An instruction whose first operand is a register or memory, and its destination.</summary>
    private static bool To<TRegister, TMemory>(in Instruction instruction, ref MicroOp op)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        if (instruction.Op0Kind == OpKind.Memory)
            return Memory<TMemory>(instruction, ref op);

        op.Destination = OffsetOf(instruction.Op0Register);
        op.Handler = Handlers.ForSize<TRegister>(instruction.Op0Register.GetSize());
        return true;
    }

    /// <summary>An instruction one of whose operands is a register or memory that is read.</summary>
    private static bool From<TRegister, TMemory>(int operand, in Instruction instruction, ref MicroOp op)
        where TRegister : struct, ISizedHandler
        where TMemory : struct, IMemoryHandler
    {
        if (instruction.GetOpKind(operand) == OpKind.Memory)
            return Memory<TMemory>(instruction, ref op);

        Register register = instruction.GetOpRegister(operand);
        op.Source = OffsetOf(register);
        op.Handler = Handlers.ForSize<TRegister>(register.GetSize());
        return true;
    }

    private static bool Memory<TMemory>(in Instruction instruction, ref MicroOp op) where TMemory : struct, IMemoryHandler
    {
        op.Handler = Handlers.ForMemory<TMemory>(instruction.MemorySize.GetSize(), FormOf(ref op));
        return true;
    }

    /// <summary>Sets the source where it is a register or an immediate number.</summary>
    /// <returns>Whether it is a register.</returns>
    private static bool SetSource(int operand, in Instruction instruction, ref MicroOp op)
    {
        if (instruction.GetOpKind(operand) == OpKind.Register)
        {
            op.Source = OffsetOf(instruction.GetOpRegister(operand));
            return true;
        }

        op.Immediate = (int)instruction.GetImmediate(operand);
        return false;
    }
}
