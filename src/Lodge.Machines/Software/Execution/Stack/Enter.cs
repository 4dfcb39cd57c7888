namespace Lodge.Machines;

/// <summary><c>enter</c>. The immediate is the frame's size, <see cref="MicroOp.Extra"/> the nesting level.</summary>
internal readonly struct Enter : ISizedHandler
{
    private const int LevelMask = 31;

    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        byte frameRegister = RegisterFile.OffsetOf(RegisterFile.Rbp, TSize.Bytes);
        int level = op.Extra & LevelMask;
        ulong size = (ulong)TSize.Bytes;
        ulong stack = cpu[RegisterFile.Rsp] - size;
        ulong frame = stack;
        if (!cpu.TryWrite<TSize>(ref op, stack, TSize.Get(cpu, frameRegister)))
            return BlockExit.Stopped;

        ulong outer = cpu[RegisterFile.Rbp];
        for (int depth = 1; depth < level; depth++)
        {
            outer -= size;
            stack -= size;
            if (!cpu.TryRead<TSize>(ref op, outer, out ulong pointer) || !cpu.TryWrite<TSize>(ref op, stack, pointer))
                return BlockExit.Stopped;
        }

        if (level > 0)
        {
            stack -= size;
            if (!cpu.TryWrite<TSize>(ref op, stack, TSize.Truncate(frame)))
                return BlockExit.Stopped;
        }

        // What the new frame ends at has to be writable.
        stack -= (ulong)op.Immediate;
        if (!cpu.MayWrite(ref op, stack, TSize.Bytes))
            return BlockExit.Stopped;

        TSize.Set(cpu, frameRegister, TSize.Truncate(frame));
        cpu[RegisterFile.Rsp] = stack;
        return MicroOp.Next(cpu, ref op);
    }
}
