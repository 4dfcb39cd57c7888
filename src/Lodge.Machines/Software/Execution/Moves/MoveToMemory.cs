namespace Lodge.Machines;

/// <summary><c>mov</c> to memory from a register or an immediate.</summary>
internal readonly struct MoveToMemory<TSource> : IMemoryHandler where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryWrite<TSize>(ref op, TAddress.Of(cpu, ref op), TSource.Get<TSize>(cpu, ref op)))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
