namespace Lodge.Machines;

/// <summary><c>push</c> of memory.</summary>
internal readonly struct PushMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value) || !cpu.TryPush<TSize>(ref op, value))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
