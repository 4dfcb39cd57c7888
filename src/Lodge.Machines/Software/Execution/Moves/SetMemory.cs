namespace Lodge.Machines;

/// <summary><c>setcc</c> of memory.</summary>
internal readonly struct SetMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryWrite<TSize>(ref op, TAddress.Of(cpu, ref op), cpu.Holds(op.Extra) ? 1UL : 0))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
