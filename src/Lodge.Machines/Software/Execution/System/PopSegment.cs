namespace Lodge.Machines;

/// <summary><c>pop</c> of FS and GS.</summary>
internal readonly struct PopSegment : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong stack = cpu[RegisterFile.Rsp];
        if (!cpu.TryRead<TSize>(ref op, stack, out ulong value))
            return BlockExit.Stopped;

        if (!cpu.TryLoadSegment((SegmentName)op.Extra, (ushort)value))
            return cpu.RaisePending(ref op);

        cpu[RegisterFile.Rsp] = stack + (ulong)TSize.Bytes;
        return MicroOp.Next(cpu, ref op);
    }
}
