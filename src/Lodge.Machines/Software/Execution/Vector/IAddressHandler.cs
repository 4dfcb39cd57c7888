namespace Lodge.Machines;

/// <summary>The code of an instruction that writes to memory, for each way to compute the address.</summary>
internal interface IAddressHandler
{
    static abstract BlockExit Execute<TAddress>(Processor cpu, ref MicroOp op) where TAddress : struct, IOperandAddress;
}
