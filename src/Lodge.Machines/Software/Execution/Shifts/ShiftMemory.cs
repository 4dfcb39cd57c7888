namespace Lodge.Machines;

/// <summary>A shift of memory.</summary>
internal readonly unsafe struct ShiftMemory<TOperation, TCount> : IMemoryHandler
    where TOperation : struct, IShiftOperation
    where TCount : struct, IShiftCount
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        int count = TCount.Get(cpu, ref op) & (TSize.Bytes == 8 ? 63 : 31);
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.TryFindWritable(address, TSize.Bytes, out byte* host))
            return ExecuteSlow<TSize>(cpu, ref op, address, count);

        if (count != 0)
        {
            ulong value = TSize.Load(host);
            ulong result = TOperation.Compute<TSize>(cpu, value, count);
            TSize.Store(host, result);
            TOperation.SetFlags<TSize>(cpu, value, count, result);
        }

        return MicroOp.Next(cpu, ref op);
    }

    private static BlockExit ExecuteSlow<TSize>(Processor cpu, ref MicroOp op, ulong address, int count)
        where TSize : struct, IOperandSize
    {
        if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
            return BlockExit.Stopped;

        // A count of zero writes what was read.
        ulong value = (ulong)cpu.Scratch;
        ulong result = count == 0 ? value : TOperation.Compute<TSize>(cpu, value, count);
        if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
            return BlockExit.Stopped;

        if (count != 0)
            TOperation.SetFlags<TSize>(cpu, value, count, result);

        return MicroOp.Next(cpu, ref op);
    }
}
