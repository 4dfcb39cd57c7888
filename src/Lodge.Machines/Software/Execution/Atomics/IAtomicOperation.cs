namespace Lodge.Machines;

/// <summary>What an instruction does with memory in one atomic step, as a type argument.</summary>
internal interface IAtomicOperation
{
    /// <summary>Where the operand lies.</summary>
    static virtual ulong AddressOf<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
        => TAddress.Of(cpu, ref op);

    /// <summary>What is written for a value that was read, truncated. Changes nothing, as it may be computed more than
    /// once.</summary>
    static abstract ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize;

    /// <summary>Sets registers and flags, once the result is in memory.</summary>
    static abstract void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result)
        where TSize : struct, IOperandSize;
}
