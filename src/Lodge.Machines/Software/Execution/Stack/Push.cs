namespace Lodge.Machines;

/// <summary><c>push</c> of a register or an immediate.</summary>
internal readonly struct Push<TSource> : ISizedHandler where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!cpu.TryPush<TSize>(ref op, TSource.Get<TSize>(cpu, ref op)))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
