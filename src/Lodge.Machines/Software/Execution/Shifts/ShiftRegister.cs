namespace Lodge.Machines;

/// <summary>A shift of a register.</summary>
internal readonly struct ShiftRegister<TOperation, TCount> : ISizedHandler
    where TOperation : struct, IShiftOperation
    where TCount : struct, IShiftCount
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        int count = TCount.Get(cpu, ref op) & (TSize.Bytes == 8 ? 63 : 31);
        ulong value = TSize.Get(cpu, op.Destination);
        if (count == 0)
        {
            // Flags stay, and the upper half of a 32-bit register is cleared all the same.
            TSize.Set(cpu, op.Destination, value);
            return MicroOp.Next(cpu, ref op);
        }

        ulong result = TOperation.Compute<TSize>(cpu, value, count);
        TOperation.SetFlags<TSize>(cpu, value, count, result);
        TSize.Set(cpu, op.Destination, result);
        return MicroOp.Next(cpu, ref op);
    }
}
