namespace Lodge.Machines;

/// <summary><c>shld</c> and <c>shrd</c> of memory. <see cref="MicroOp.Extra"/> is 1 for the left.</summary>
internal readonly struct DoubleShiftMemory<TCount> : IMemoryHandler where TCount : struct, IShiftCount
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        int count = TCount.Get(cpu, ref op) & (TSize.Bytes == 8 ? 63 : 31);
        ulong address = TAddress.Of(cpu, ref op);
        if (!cpu.ReadForWriteSlow(ref op, address, TSize.Bytes))
            return BlockExit.Stopped;

        ulong value = (ulong)cpu.Scratch;
        ulong filler = TSize.Get(cpu, op.Source);
        ulong result = count == 0 ? value : DoubleShift.Compute<TSize>(value, filler, count, op.Extra != 0);
        if (!cpu.WriteSlow(ref op, address, TSize.Bytes, result))
            return BlockExit.Stopped;

        if (count != 0)
            DoubleShift.SetFlags<TSize>(cpu, value, filler, count, result, op.Extra != 0);

        return MicroOp.Next(cpu, ref op);
    }
}
