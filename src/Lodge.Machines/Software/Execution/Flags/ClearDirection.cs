using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>cld</c>.</summary>
internal readonly struct ClearDirection : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.SetSystemFlags(cpu.SystemFlags & ~FlagDirection);
        return MicroOp.Next(cpu, ref op);
    }
}
