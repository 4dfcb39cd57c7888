namespace Lodge.Machines;

/// <summary>The code of an instruction with a memory operand, for each size and each way to compute the address.</summary>
internal interface IMemoryHandler
{
    static abstract BlockExit Execute<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress;
}
