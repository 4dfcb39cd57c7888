namespace Lodge.Machines;

/// <summary><c>mul</c> and <c>imul</c> of RAX by memory. <see cref="MicroOp.Extra"/> is 1 for the signed.</summary>
internal readonly struct MultiplyMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        Multiplication.Wide<TSize>(cpu, value, op.Extra != 0);
        return MicroOp.Next(cpu, ref op);
    }
}
