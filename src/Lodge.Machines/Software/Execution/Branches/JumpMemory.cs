namespace Lodge.Machines;

/// <summary><c>jmp</c> to an address in memory.</summary>
internal readonly struct JumpMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<Size64>(ref op, TAddress.Of(cpu, ref op), out ulong target))
            return BlockExit.Stopped;

        if (!cpu.IsCanonical(target))
            return cpu.RaiseGeneralProtection(ref op);

        cpu.Rip = target;
        return BlockExit.Jumped;
    }
}
