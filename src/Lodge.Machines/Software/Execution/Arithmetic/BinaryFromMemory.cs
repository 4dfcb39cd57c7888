namespace Lodge.Machines;

/// <summary>A register and memory: the result goes to the register.</summary>
internal readonly struct BinaryFromMemory<TOperation> : IMemoryHandler
    where TOperation : struct, IBinaryOperation
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong b))
            return BlockExit.Stopped;

        ulong a = TSize.Get(cpu, op.Destination);
        ulong result = TOperation.Compute<TSize>(cpu, a, b);
        TOperation.SetFlags<TSize>(cpu, a, b, result);
        if (TOperation.Writes)
            TSize.Set(cpu, op.Destination, result);

        return MicroOp.Next(cpu, ref op);
    }
}
