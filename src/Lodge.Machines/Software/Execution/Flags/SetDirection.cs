using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>std</c>.</summary>
internal readonly struct SetDirection : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.SetSystemFlags(cpu.SystemFlags | FlagDirection);
        return MicroOp.Next(cpu, ref op);
    }
}
