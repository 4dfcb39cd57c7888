namespace Lodge.Machines;

/// <summary><c>imul</c> with memory: by the destination, or by an immediate.</summary>
internal readonly struct SignedMultiplyMemory<TSource> : IMemoryHandler where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        TSize.Set(cpu, op.Destination, Multiplication.Signed<TSize>(cpu, value, TSource.Get<TSize>(cpu, ref op)));
        return MicroOp.Next(cpu, ref op);
    }
}
