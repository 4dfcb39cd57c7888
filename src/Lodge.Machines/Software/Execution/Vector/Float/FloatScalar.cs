using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation on the lowest elements; the destination's others stay.</summary>
internal readonly struct FloatScalar<TOperation, T> : IVectorHandler
    where TOperation : struct, IFloatOperation
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out T b))
            return BlockExit.Stopped;

        // The host computes the other elements too, and nobody looks at them.
        Vector128<T> first = Vector128.CreateScalarUnsafe(cpu.Xmm<T>(op.Destination));
        Vector128<T> second = Vector128.CreateScalarUnsafe(b);
        Vector128<T> result = TOperation.Compute(first, second, op.Immediate);
        if ((!TOperation.Rounds || cpu.RoundsPlainly)
            && (Vector128.ExtractMostSignificantBits(TOperation.FindPlain(first, second, result)) & 1) != 0)
        {
            cpu.Xmm<T>(op.Destination) = result.ToScalar();
            return MicroOp.Next(cpu, ref op);
        }

        return ExecuteExactly(cpu, ref op, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op, T b)
        => TryExecuteExactly(cpu, ref op, b) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op, T b)
    {
        T a = cpu.Xmm<T>(op.Destination);
        if (TOperation.Rounds && cpu.RoundsToNearest)
        {
            Vector128<T> first = Vector128.CreateScalar(a);
            Vector128<T> second = Vector128.CreateScalar(b);
            Vector128<T> result = TOperation.Compute(first, second, op.Immediate);
            Vector128<T> isRight = TOperation.FindPlain(first, second, result) & TOperation.FindExact(first, second, result);
            if ((Vector128.ExtractMostSignificantBits(isRight) & 1) != 0)
            {
                cpu.Xmm<T>(op.Destination) = result.ToScalar();
                return true;
            }
        }

        var status = new FloatStatus(cpu.Mxcsr);
        ulong bits = TOperation.ComputeExactly<T>(FloatBits.Of(a), FloatBits.Of(b), op.Immediate, ref status);
        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.Xmm<T>(op.Destination) = FloatBits.To<T>(bits);
        return true;
    }
}
