namespace Lodge.Machines;

/// <summary><c>leave</c>.</summary>
internal readonly struct Leave : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong frame = cpu[RegisterFile.Rbp];
        if (!cpu.TryRead<TSize>(ref op, frame, out ulong value))
            return BlockExit.Stopped;

        cpu[RegisterFile.Rsp] = frame + (ulong)TSize.Bytes;
        TSize.Set(cpu, RegisterFile.OffsetOf(RegisterFile.Rbp, TSize.Bytes), value);
        return MicroOp.Next(cpu, ref op);
    }
}
