namespace Lodge.Machines;

/// <summary>What a string instruction does with its elements, as a type argument.</summary>
internal interface IStringStep
{
    /// <summary>Whether a repetition ends when ZF says so.</summary>
    static abstract bool Compares { get; }

    /// <summary>Whether the instruction is allowed at all, also where it repeats nothing; stops it where not.</summary>
    static virtual bool MayBegin<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize => true;

    /// <summary>Does one element, and moves the pointers.</summary>
    /// <returns>False where the instruction has to stop; then nothing has changed.</returns>
    static abstract bool TryOne<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize;

    /// <summary>Does as many elements as lie on one page each in memory that the TLB has, upwards, and moves the
    /// pointers.</summary>
    /// <returns>How many; zero where <see cref="TryOne"/> has to do the next one.</returns>
    static abstract ulong Many<TSize>(Processor cpu, ref MicroOp op, ulong most) where TSize : struct, IOperandSize;
}
