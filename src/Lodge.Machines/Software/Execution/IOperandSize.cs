namespace Lodge.Machines;

/// <summary>An operand's size, as a type argument: it costs nothing at run time.</summary>
internal unsafe interface IOperandSize
{
    static abstract int Bytes { get; }

    /// <summary>The size as the flags remember it: 0 to 3 for 1 to 8 bytes.</summary>
    static abstract int Log { get; }

    static abstract ulong Load(byte* host);

    static abstract void Store(byte* host, ulong value);

    /// <summary>Reads a register, zero-extended.</summary>
    static abstract ulong Get(Processor cpu, byte register);

    /// <summary>Writes a register, as instructions do: 4 bytes clear the upper half, 1 and 2 leave the rest.</summary>
    static abstract void Set(Processor cpu, byte register, ulong value);

    static abstract ulong Truncate(ulong value);

    static abstract long SignExtend(ulong value);

    static abstract ulong CompareExchange(byte* host, ulong value, ulong comparand);
}
