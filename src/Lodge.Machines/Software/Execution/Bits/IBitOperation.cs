namespace Lodge.Machines;

/// <summary>What an instruction does to a single bit, as a type argument.</summary>
internal interface IBitOperation
{
    /// <summary>Whether the value is written.</summary>
    static abstract bool Writes { get; }

    static abstract ulong Compute(ulong value, ulong bit);
}
