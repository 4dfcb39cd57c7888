using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A register and a register or memory: the result goes to the first.</summary>
internal readonly struct VectorBinary<TOperation> : IVectorHandler where TOperation : struct, IVectorOperation
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out Vector128<byte> b))
            return BlockExit.Stopped;

        ref Vector128<byte> destination = ref cpu.Xmm<Vector128<byte>>(op.Destination);
        destination = TOperation.Compute(destination, b, op.Immediate);
        return MicroOp.Next(cpu, ref op);
    }
}
