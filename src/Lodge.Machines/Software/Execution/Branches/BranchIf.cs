namespace Lodge.Machines;

/// <summary><c>jcc</c>.</summary>
internal readonly struct BranchIf<TCondition> : IHandler where TCondition : struct, ICondition
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
        => cpu.Holds(TCondition.Code) ? BlockExit.Taken : BlockExit.FallThrough;
}
