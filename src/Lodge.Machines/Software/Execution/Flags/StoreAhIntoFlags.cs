using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>sahf</c>: all but OF.</summary>
internal readonly struct StoreAhIntoFlags : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        ulong value = cpu.Register<byte>(RegisterFile.OffsetOfHighByte(RegisterFile.Rax));
        cpu.SetKnown((cpu.ArithmeticFlags & FlagOverflow) | (value & ~FlagOverflow));
        return MicroOp.Next(cpu, ref op);
    }
}
