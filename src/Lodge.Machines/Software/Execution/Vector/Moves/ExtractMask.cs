using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>movmskps</c>, <c>movmskpd</c> and <c>pmovmskb</c>: the elements' highest bits.</summary>
internal readonly struct ExtractMask<T> : IHandler where T : unmanaged
{
    public static BlockExit Execute(Processor cpu, ref MicroOp op)
    {
        if (!cpu.MayUseSse)
            return cpu.StopWithoutSse(ref op);

        cpu.Register<ulong>(op.Destination) = Vector128.ExtractMostSignificantBits(cpu.Xmm<Vector128<T>>(op.Source));
        return MicroOp.Next(cpu, ref op);
    }
}
