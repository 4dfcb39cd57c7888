namespace Lodge.Machines;

/// <summary><c>cmc</c>.</summary>
internal readonly struct ComplementCarry : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.ReplaceCarry(cpu.Carry ^ 1);
        return MicroOp.Next(cpu, ref op);
    }
}
