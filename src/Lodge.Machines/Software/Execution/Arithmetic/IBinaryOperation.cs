namespace Lodge.Machines;

/// <summary>What an instruction with two operands computes, as a type argument.</summary>
internal interface IBinaryOperation
{
    /// <summary>Whether the result is written; <c>cmp</c> and <c>test</c> only set flags.</summary>
    static abstract bool Writes { get; }

    /// <summary>The result, truncated. Changes nothing, so that an instruction that cannot write it can be executed
    /// again.</summary>
    static abstract ulong Compute<TSize>(Processor cpu, ulong a, ulong b) where TSize : struct, IOperandSize;

    static abstract void SetFlags<TSize>(Processor cpu, ulong a, ulong b, ulong result) where TSize : struct, IOperandSize;
}
