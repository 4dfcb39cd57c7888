namespace Lodge.Machines;

/// <summary>How a memory operand's address is computed, as a type argument.</summary>
internal interface IOperandAddress
{
    static abstract ulong Of(Processor cpu, ref MicroOp op);
}
