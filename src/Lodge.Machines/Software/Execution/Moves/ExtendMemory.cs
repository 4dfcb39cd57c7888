namespace Lodge.Machines;

/// <summary><c>movzx</c>, <c>movsx</c> and <c>movsxd</c> from memory. The size is the source's.</summary>
internal readonly struct ExtendMemory<TExtension, TDestination> : IMemoryHandler
    where TExtension : struct, IExtension
    where TDestination : struct, IOperandSize
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        TDestination.Set(cpu, op.Destination, TExtension.Extend<TSize>(value));
        return MicroOp.Next(cpu, ref op);
    }
}
