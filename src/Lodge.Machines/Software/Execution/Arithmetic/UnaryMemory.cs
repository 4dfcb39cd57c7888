namespace Lodge.Machines;

/// <summary>Memory that is read and written.</summary>
internal readonly unsafe struct UnaryMemory<TOperation> : IMemoryHandler
    where TOperation : struct, IUnaryOperation
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong address = TAddress.Of(cpu, ref op);
        ulong value;
        ulong result;
        if (cpu.TryFindWritable(address, TSize.Bytes, out byte* host))
        {
            value = TSize.Load(host);
            result = TOperation.Compute<TSize>(value);
            TSize.Store(host, result);
        }
        else
        {
            if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
                return BlockExit.Stopped;

            value = (ulong)cpu.Scratch;
            result = TOperation.Compute<TSize>(value);
            if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
                return BlockExit.Stopped;
        }

        TOperation.SetFlags<TSize>(cpu, value, result);
        return MicroOp.Next(cpu, ref op);
    }
}
