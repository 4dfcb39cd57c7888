using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>rdfsbase</c> and <c>rdgsbase</c>. <see cref="MicroOp.Source"/> is the base.</summary>
internal readonly struct ReadSegmentBase : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if ((cpu.System.Cr4 & Cr4FsGsBase) == 0)
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        TSize.Set(cpu, op.Destination, TSize.Get(cpu, op.Source));
        return MicroOp.Next(cpu, ref op);
    }
}
