namespace Lodge.Machines;

/// <summary><c>cmpxchg</c> of a register.</summary>
internal readonly struct CompareExchangeRegister : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        byte accumulator = RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes);
        ulong expected = TSize.Get(cpu, accumulator);
        ulong value = TSize.Get(cpu, op.Destination);
        cpu.SetFlags<TSize>(FlagsKind.Subtract, expected, value, TSize.Truncate(expected - value));
        if (value == expected)
            TSize.Set(cpu, op.Destination, TSize.Get(cpu, op.Source));
        else
            TSize.Set(cpu, accumulator, value);

        return MicroOp.Next(cpu, ref op);
    }
}
