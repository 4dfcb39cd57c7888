namespace Lodge.Machines;

/// <summary><c>mov</c> from a segment register to a register. <see cref="MicroOp.Extra"/> is the segment's number.</summary>
internal readonly struct MoveFromSegment : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        TSize.Set(cpu, op.Destination, cpu.GetSegment((SegmentName)op.Extra).Selector);
        return MicroOp.Next(cpu, ref op);
    }
}
