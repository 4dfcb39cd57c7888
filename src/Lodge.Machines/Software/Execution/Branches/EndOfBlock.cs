namespace Lodge.Machines;

/// <summary>No instruction: what a block ends with that has no branch.</summary>
internal readonly struct EndOfBlock : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op) => BlockExit.FallThrough;
}
