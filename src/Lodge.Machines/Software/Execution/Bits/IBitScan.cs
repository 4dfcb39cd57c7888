namespace Lodge.Machines;

/// <summary>What an instruction counts in a value, as a type argument.</summary>
internal interface IBitScan
{
    /// <summary>Computes the result and sets the flags.</summary>
    /// <returns>False where the destination is left alone.</returns>
    static abstract bool TryCompute<TSize>(Processor cpu, ulong value, out ulong result) where TSize : struct, IOperandSize;
}
