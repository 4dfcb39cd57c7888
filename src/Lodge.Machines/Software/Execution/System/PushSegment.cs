namespace Lodge.Machines;

/// <summary><c>push</c> of FS and GS.</summary>
internal readonly struct PushSegment : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => cpu.TryPush<TSize>(ref op, cpu.GetSegment((SegmentName)op.Extra).Selector)
            ? MicroOp.Next(cpu, ref op)
            : BlockExit.Stopped;
}
