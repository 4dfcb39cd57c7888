namespace Lodge.Machines;

/// <summary><c>div</c> and <c>idiv</c> by memory. <see cref="MicroOp.Extra"/> is 1 for the signed.</summary>
internal readonly struct DivideMemory : IMemoryHandler
{
    public static BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (!cpu.TryRead<TSize>(ref op, TAddress.Of(cpu, ref op), out ulong value))
            return BlockExit.Stopped;

        if (!Multiplication.TryDivide<TSize>(cpu, value, op.Extra != 0))
            return cpu.Raise(ref op, ExceptionVector.DivideError);

        return MicroOp.Next(cpu, ref op);
    }
}
