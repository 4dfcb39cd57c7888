namespace Lodge.Machines;

/// <summary><c>jmp</c> to a fixed address.</summary>
internal readonly struct Branch : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op) => BlockExit.Taken;
}
