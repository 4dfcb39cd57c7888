using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>movss</c> and <c>movsd</c> from memory, <c>movd</c> and <c>movq</c>: the element, and zeros above it.</summary>
internal readonly struct LoadElement<T> : IVectorHandler where T : unmanaged
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out T value))
            return BlockExit.Stopped;

        cpu.Xmm<Vector128<T>>(op.Destination) = Vector128.CreateScalar(value);
        return MicroOp.Next(cpu, ref op);
    }
}
