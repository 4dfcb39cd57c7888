namespace Lodge.Machines;

/// <summary><c>bsf</c> and its like on memory.</summary>
internal readonly struct ScanMemory<TScan> : IMemoryHandler where TScan : struct, IBitScan
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        if (TScan.TryCompute<TSize>(cpu, value, out ulong result))
            TSize.Set(cpu, op.Destination, result);

        return MicroOp.Next(cpu, ref op);
    }
}
