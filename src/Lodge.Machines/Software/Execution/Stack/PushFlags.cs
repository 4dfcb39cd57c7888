using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>pushf</c>.</summary>
internal readonly struct PushFlags : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        // RF is never seen there.
        if (!cpu.TryPush<TSize>(ref op, TSize.Truncate(cpu.Rflags & ~FlagResume)))
            return BlockExit.Stopped;

        return MicroOp.Next(cpu, ref op);
    }
}
