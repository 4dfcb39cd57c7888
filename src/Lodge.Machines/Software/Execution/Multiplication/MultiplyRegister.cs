namespace Lodge.Machines;

/// <summary><c>mul</c> and <c>imul</c> of RAX by a register. <see cref="MicroOp.Extra"/> is 1 for the signed.</summary>
internal readonly struct MultiplyRegister : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        Multiplication.Wide<TSize>(cpu, TSize.Get(cpu, op.Source), op.Extra != 0);
        return MicroOp.Next(cpu, ref op);
    }
}
