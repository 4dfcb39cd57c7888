namespace Lodge.Machines;

/// <summary>An operand that is a register or an immediate, as a type argument.</summary>
internal interface IOperandSource
{
    static abstract ulong Get<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize;
}
