namespace Lodge.Machines;

/// <summary><c>bt</c> and its like on a register. The number of the bit is taken modulo the size.</summary>
internal readonly struct BitOfRegister<TOperation, TSource> : ISizedHandler
    where TOperation : struct, IBitOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        int number = (int)TSource.Get<TSize>(cpu, ref op) & ((8 * TSize.Bytes) - 1);
        ulong value = TSize.Get(cpu, op.Destination);
        cpu.ReplaceCarry(value >> number);
        if (TOperation.Writes)
            TSize.Set(cpu, op.Destination, TOperation.Compute(value, 1UL << number));

        return MicroOp.Next(cpu, ref op);
    }
}
