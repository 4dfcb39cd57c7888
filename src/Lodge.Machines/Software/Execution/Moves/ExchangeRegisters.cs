namespace Lodge.Machines;

/// <summary><c>xchg</c> of two registers.</summary>
internal readonly struct ExchangeRegisters : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = TSize.Get(cpu, op.Destination);
        TSize.Set(cpu, op.Destination, TSize.Get(cpu, op.Source));
        TSize.Set(cpu, op.Source, value);
        return MicroOp.Next(cpu, ref op);
    }
}
