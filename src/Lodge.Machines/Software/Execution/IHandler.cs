namespace Lodge.Machines;

/// <summary>The code of an instruction without operands that matter, as a type argument.</summary>
internal interface IHandler
{
    static abstract BlockExit Execute(Processor cpu, ref MicroOp op);
}
