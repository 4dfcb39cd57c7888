namespace Lodge.Machines;

/// <summary><c>xadd</c> of two registers.</summary>
internal readonly struct ExchangeAddRegisters : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong a = TSize.Get(cpu, op.Destination);
        ulong b = TSize.Get(cpu, op.Source);
        ulong result = TSize.Truncate(a + b);
        cpu.SetFlags<TSize>(FlagsKind.Add, a, b, result);

        // The sum last: it wins where both are one register.
        TSize.Set(cpu, op.Source, a);
        TSize.Set(cpu, op.Destination, result);
        return MicroOp.Next(cpu, ref op);
    }
}
