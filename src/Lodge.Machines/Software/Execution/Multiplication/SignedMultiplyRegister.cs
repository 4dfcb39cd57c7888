namespace Lodge.Machines;

/// <summary><c>imul</c> with two operands, or three: a register, a register, and one of them or an immediate.</summary>
internal readonly struct SignedMultiplyRegister<TSource> : ISizedHandler where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong a = TSize.Get(cpu, op.Extra);
        TSize.Set(cpu, op.Destination, Multiplication.Signed<TSize>(cpu, a, TSource.Get<TSize>(cpu, ref op)));
        return MicroOp.Next(cpu, ref op);
    }
}
