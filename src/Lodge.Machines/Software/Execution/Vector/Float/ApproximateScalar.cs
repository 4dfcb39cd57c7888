using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An approximation of the lowest element; the destination's others stay.</summary>
internal readonly struct ApproximateScalar<TApproximation> : IVectorHandler where TApproximation : struct, IApproximation
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out float value))
            return BlockExit.Stopped;

        cpu.Xmm<float>(op.Destination) = TApproximation.Compute(Vector128.CreateScalar(value)).ToScalar();
        return MicroOp.Next(cpu, ref op);
    }
}
