namespace Lodge.Machines;

/// <summary><c>in</c>: the immediate is the port, or less than 0 for that in DX.</summary>
internal readonly struct ReadPort : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => cpu.ReadPort(ref op, op.Immediate < 0 ? (ushort)cpu[RegisterFile.Rdx] : (ushort)op.Immediate, TSize.Bytes);
}
