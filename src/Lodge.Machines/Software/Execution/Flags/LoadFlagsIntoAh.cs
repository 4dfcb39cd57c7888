using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>lahf</c>.</summary>
internal readonly struct LoadFlagsIntoAh : IHandler
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        cpu.Register<byte>(RegisterFile.OffsetOfHighByte(RegisterFile.Rax)) = (byte)(cpu.ArithmeticFlags | FlagFixed);
        return MicroOp.Next(cpu, ref op);
    }
}
