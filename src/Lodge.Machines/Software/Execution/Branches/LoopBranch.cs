namespace Lodge.Machines;

/// <summary><c>loop</c>, <c>loope</c>, <c>loopne</c> and <c>jrcxz</c>. <see cref="MicroOp.Extra"/> is which, and the address size
/// says how wide the counter is.</summary>
internal readonly struct LoopBranch : IHandler
{
    public const byte Always = 0;
    public const byte WhileEqual = 1;
    public const byte WhileNotEqual = 2;
    public const byte IfCounterIsZero = 3;

    private const int Equal = 4;

    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        bool isNarrow = (op.Address & AddressTraits.Narrow) != 0;
        ref ulong counter = ref cpu[RegisterFile.Rcx];
        if (op.Extra == IfCounterIsZero)
            return (isNarrow ? (uint)counter : counter) == 0 ? BlockExit.Taken : BlockExit.FallThrough;

        counter = isNarrow ? (uint)counter - 1 : counter - 1;
        bool isTaken = counter != 0 && op.Extra switch
        {
            WhileEqual => cpu.Holds(Equal),
            WhileNotEqual => !cpu.Holds(Equal),
            _ => true,
        };
        return isTaken ? BlockExit.Taken : BlockExit.FallThrough;
    }
}
