namespace Lodge.Machines;

/// <summary>What a shift or rotation computes, as a type argument.</summary>
/// <remarks>Counts are masked to 5 bits, or 6 for 64-bit operands, and are not zero.</remarks>
internal interface IShiftOperation
{
    static abstract ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize;

    /// <summary>Sets the flags; called before the result is written.</summary>
    static abstract void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize;
}
