using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>movaps</c>, <c>movapd</c> and <c>movdqa</c> to a register.</summary>
internal readonly struct MoveVector : IVectorHandler
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out Vector128<byte> value))
            return BlockExit.Stopped;

        cpu.Xmm<Vector128<byte>>(op.Destination) = value;
        return MicroOp.Next(cpu, ref op);
    }
}
