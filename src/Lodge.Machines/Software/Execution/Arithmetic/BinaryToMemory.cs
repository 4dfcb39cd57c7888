namespace Lodge.Machines;

/// <summary>Memory, and a register or an immediate: the result goes to memory.</summary>
internal readonly unsafe struct BinaryToMemory<TOperation, TSource> : IMemoryHandler
    where TOperation : struct, IBinaryOperation
    where TSource : struct, IOperandSource
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        ulong b = TSource.Get<TSize>(cpu, ref op);
        ulong a;
        ulong result;
        if (!TOperation.Writes)
        {
            if (!cpu.TryRead<TSize>(ref op, address, out a))
                return BlockExit.Stopped;

            result = TOperation.Compute<TSize>(cpu, a, b);
        }
        else if (cpu.TryFindWritable(address, TSize.Bytes, out byte* host))
        {
            a = TSize.Load(host);
            result = TOperation.Compute<TSize>(cpu, a, b);
            TSize.Store(host, result);
        }
        else
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            a = (ulong)cpu.Scratch;
            result = TOperation.Compute<TSize>(cpu, a, b);
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
                return BlockExit.Stopped;
        }

        TOperation.SetFlags<TSize>(cpu, a, b, result);
        return MicroOp.Next(cpu, ref op);
    }
}
