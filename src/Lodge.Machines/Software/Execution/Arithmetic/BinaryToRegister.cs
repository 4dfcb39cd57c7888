namespace Lodge.Machines;

/// <summary>A register, and a register or an immediate: the result goes to the first.</summary>
internal readonly struct BinaryToRegister<TOperation, TSource> : ISizedHandler
    where TOperation : struct, IBinaryOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong a = TSize.Get(cpu, op.Destination);
        ulong b = TSource.Get<TSize>(cpu, ref op);
        ulong result = TOperation.Compute<TSize>(cpu, a, b);
        TOperation.SetFlags<TSize>(cpu, a, b, result);
        if (TOperation.Writes)
            TSize.Set(cpu, op.Destination, result);

        return MicroOp.Next(cpu, ref op);
    }
}
