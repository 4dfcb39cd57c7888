namespace Lodge.Machines;

/// <summary>Where a shift's count comes from, as a type argument.</summary>
internal interface IShiftCount
{
    static abstract int Get(Processor cpu, ref MicroOp op);
}
