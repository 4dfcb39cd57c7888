using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>movups</c>, <c>movupd</c> and <c>movdqu</c> to a register.</summary>
internal readonly struct MoveUnalignedVector : IVectorHandler
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGetUnaligned(cpu, ref op, out Vector128<byte> value))
            return BlockExit.Stopped;

        cpu.Xmm<Vector128<byte>>(op.Destination) = value;
        return MicroOp.Next(cpu, ref op);
    }
}
