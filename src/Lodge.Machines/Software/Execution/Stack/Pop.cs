namespace Lodge.Machines;

/// <summary><c>pop</c> to a register.</summary>
internal readonly struct Pop : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong stack = cpu[RegisterFile.Rsp];
        if (!cpu.TryRead<TSize>(ref op, stack, out ulong value))
            return BlockExit.Stopped;

        // RSP first: pop rsp gives what was read.
        cpu[RegisterFile.Rsp] = stack + (ulong)TSize.Bytes;
        TSize.Set(cpu, op.Destination, value);
        return MicroOp.Next(cpu, ref op);
    }
}
