namespace Lodge.Machines;

/// <summary><c>pop</c> to memory. An address that is made from RSP is made from the new one.</summary>
internal readonly struct PopMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        ulong stack = cpu[RegisterFile.Rsp];
        if (!cpu.TryReadStack<TSize>(ref op, stack, out ulong value))
            return BlockExit.Stopped;

        cpu[RegisterFile.Rsp] = stack + (ulong)TSize.Bytes;
        if (!cpu.TryWrite<TSize>(ref op, TAddress.Of(cpu, ref op), value))
        {
            cpu[RegisterFile.Rsp] = stack;
            return BlockExit.Stopped;
        }

        return MicroOp.Next(cpu, ref op);
    }
}
