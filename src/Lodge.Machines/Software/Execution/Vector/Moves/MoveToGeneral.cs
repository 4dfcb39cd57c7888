namespace Lodge.Machines;

/// <summary><c>movd</c> and <c>movq</c> to a general register.</summary>
internal readonly struct MoveToGeneral : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        TSize.Set(cpu, op.Destination, TSize.Truncate(cpu.Xmm<ulong>(op.Source)));
        return MicroOp.Next(cpu, ref op);
    }
}
