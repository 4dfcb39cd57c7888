namespace Lodge.Machines;

/// <summary><c>cmovcc</c> from a register. With 32 bits the upper half is cleared in any case.</summary>
internal readonly struct ConditionalMoveRegister : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = TSize.Get(cpu, cpu.Holds(op.Extra) ? op.Source : op.Destination);
        TSize.Set(cpu, op.Destination, value);
        return MicroOp.Next(cpu, ref op);
    }
}
