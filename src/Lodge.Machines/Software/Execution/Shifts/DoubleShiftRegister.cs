namespace Lodge.Machines;

/// <summary><c>shld</c> and <c>shrd</c> of a register. <see cref="MicroOp.Extra"/> is 1 for the left.</summary>
internal readonly struct DoubleShiftRegister<TCount> : ISizedHandler where TCount : struct, IShiftCount
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        int count = TCount.Get(cpu, ref op) & (TSize.Bytes == 8 ? 63 : 31);
        ulong value = TSize.Get(cpu, op.Destination);
        ulong result = value;
        if (count != 0)
        {
            ulong filler = TSize.Get(cpu, op.Source);
            result = DoubleShift.Compute<TSize>(value, filler, count, op.Extra != 0);
            DoubleShift.SetFlags<TSize>(cpu, value, filler, count, result, op.Extra != 0);
        }

        TSize.Set(cpu, op.Destination, result);
        return MicroOp.Next(cpu, ref op);
    }
}
