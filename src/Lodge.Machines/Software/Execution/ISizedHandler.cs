namespace Lodge.Machines;

/// <summary>The code of an instruction for each size of its operands.</summary>
internal interface ISizedHandler
{
    static abstract BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize;
}
