namespace Lodge.Machines;

/// <summary><c>cmovcc</c> from memory, which is read in any case.</summary>
internal readonly struct ConditionalMoveMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        TSize.Set(cpu, op.Destination, cpu.Holds(op.Extra) ? value : TSize.Get(cpu, op.Destination));
        return MicroOp.Next(cpu, ref op);
    }
}
