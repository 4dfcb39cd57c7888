namespace Lodge.Machines;

/// <summary><c>bt</c> and its like on memory.</summary>
internal readonly unsafe struct BitOfMemory<TOperation, TSource> : IMemoryHandler
    where TOperation : struct, IBitOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = BitNumber<TSource>.AddressOf<TSize, TAddress>(cpu, ref op);
        int shift = BitNumber<TSource>.InOperand<TSize>(cpu, ref op);
        ulong value;
        if (!TOperation.Writes)
        {
            if (!cpu.TryRead<TSize>(ref op, address, out value))
                return BlockExit.Stopped;
        }
        else if (cpu.TryFindWritable(address, TSize.Bytes, out byte* host))
        {
            value = TSize.Load(host);
            TSize.Store(host, TOperation.Compute(value, 1UL << shift));
        }
        else
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            value = (ulong)cpu.Scratch;
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, TOperation.Compute(value, 1UL << shift)))
                return BlockExit.Stopped;
        }

        cpu.ReplaceCarry(value >> shift);
        return MicroOp.Next(cpu, ref op);
    }
}
