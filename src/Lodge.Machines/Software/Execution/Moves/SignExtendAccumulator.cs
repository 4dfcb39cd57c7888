namespace Lodge.Machines;

/// <summary><c>cbw</c>, <c>cwde</c> and <c>cdqe</c>. The size is the destination's.</summary>
internal readonly struct SignExtendAccumulator : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong value = cpu[RegisterFile.Rax];
        long extended = TSize.Bytes switch
        {
            2 => (sbyte)value,
            4 => (short)value,
            _ => (int)value,
        };
        TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes), (ulong)extended);
        return MicroOp.Next(cpu, ref op);
    }
}
