namespace Lodge.Machines;

/// <summary><c>mov</c> to a register from a register or an immediate.</summary>
internal readonly struct MoveToRegister<TSource> : ISizedHandler where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        TSize.Set(cpu, op.Destination, TSource.Get<TSize>(cpu, ref op));
        return MicroOp.Next(cpu, ref op);
    }
}
