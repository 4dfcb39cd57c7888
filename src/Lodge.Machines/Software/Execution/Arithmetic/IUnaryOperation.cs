namespace Lodge.Machines;

/// <summary>What an instruction with one operand computes, as a type argument.</summary>
internal interface IUnaryOperation
{
    /// <summary>The result, truncated.</summary>
    static abstract ulong Compute<TSize>(ulong value) where TSize : struct, IOperandSize;

    static abstract void SetFlags<TSize>(Processor cpu, ulong value, ulong result) where TSize : struct, IOperandSize;
}
