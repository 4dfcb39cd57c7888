namespace Lodge.Machines;

/// <summary><c>call</c> of an address in memory.</summary>
internal readonly struct CallMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<Size64>(ref op, TAddress.Of(cpu, ref op), out ulong target))
            return BlockExit.Stopped;

        if (!cpu.IsCanonical(target))
            return cpu.RaiseForTargetOfCall(ref op);

        if (!cpu.TryPush<Size64>(ref op, cpu.AddressAfter(ref op)))
            return BlockExit.Stopped;

        cpu.Rip = target;
        return BlockExit.Jumped;
    }
}
