namespace Lodge.Machines;

/// <summary><c>stc</c>.</summary>
internal readonly struct SetCarry : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.ReplaceCarry(1);
        return MicroOp.Next(cpu, ref op);
    }
}
