using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>wrfsbase</c> and <c>wrgsbase</c>. <see cref="MicroOp.Destination"/> is the base.</summary>
internal readonly struct WriteSegmentBase : ISizedHandler
{
    public static BlockExit Execute<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
    {
        if ((cpu.System.Cr4 & Cr4FsGsBase) == 0)
            return cpu.Raise(ref op, ExceptionVector.InvalidOpcode);

        ulong value = TSize.Get(cpu, op.Source);
        if (!cpu.IsCanonical(value))
            return cpu.RaiseGeneralProtection(ref op);

        cpu.Register<ulong>(op.Destination) = value;
        return MicroOp.Next(cpu, ref op);
    }
}
