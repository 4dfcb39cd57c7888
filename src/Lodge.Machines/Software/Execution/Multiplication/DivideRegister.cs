namespace Lodge.Machines;

/// <summary><c>div</c> and <c>idiv</c> by a register. <see cref="MicroOp.Extra"/> is 1 for the signed.</summary>
internal readonly struct DivideRegister : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!Multiplication.TryDivide<TSize>(cpu, TSize.Get(cpu, op.Source), op.Extra != 0))
            return cpu.Raise(ref op, ExceptionVector.DivideError);

        return MicroOp.Next(cpu, ref op);
    }
}
