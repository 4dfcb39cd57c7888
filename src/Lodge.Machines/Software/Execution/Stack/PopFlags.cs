namespace Lodge.Machines;

/// <summary><c>popf</c>. It ends the block, because interrupts and traps may have become possible.</summary>
internal readonly struct PopFlags : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        ulong stack = cpu[RegisterFile.Rsp];
        if (!cpu.TryRead<TSize>(ref op, stack, out ulong value))
            return BlockExit.Stopped;

        cpu[RegisterFile.Rsp] = stack + (ulong)TSize.Bytes;
        cpu.SetFlagsFromStack(value, TSize.Bytes);
        cpu.Rip = cpu.AddressAfter(ref op);
        return BlockExit.Jumped;
    }
}
