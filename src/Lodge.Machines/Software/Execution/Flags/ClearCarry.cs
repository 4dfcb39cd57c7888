namespace Lodge.Machines;

/// <summary><c>clc</c>.</summary>
internal readonly struct ClearCarry : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.ReplaceCarry(0);
        return MicroOp.Next(cpu, ref op);
    }
}
