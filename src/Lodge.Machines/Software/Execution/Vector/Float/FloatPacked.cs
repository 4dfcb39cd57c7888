using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation on all elements.</summary>
internal readonly struct FloatPacked<TOperation, T> : IVectorHandler
    where TOperation : struct, IFloatOperation
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out Vector128<T> b))
            return BlockExit.Stopped;

        Vector128<T> a = cpu.Xmm<Vector128<T>>(op.Destination);
        Vector128<T> result = TOperation.Compute(a, b, op.Immediate);
        if ((!TOperation.Rounds || cpu.RoundsPlainly)
            && Vector128.ExtractMostSignificantBits(TOperation.FindPlain(a, b, result)) == FloatLanes<T>.All)
        {
            cpu.Xmm<Vector128<T>>(op.Destination) = result;
            return MicroOp.Next(cpu, ref op);
        }

        cpu.Operand = b.AsByte();
        return ExecuteExactly(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op)
        => TryExecuteExactly(cpu, ref op) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op)
    {
        Vector128<T> a = cpu.Xmm<Vector128<T>>(op.Destination);
        Vector128<T> b = cpu.Operand.As<byte, T>();
        Vector128<T> result = TOperation.Compute(a, b, op.Immediate);
        if (TOperation.Rounds && cpu.RoundsToNearest)
        {
            Vector128<T> isRight = TOperation.FindPlain(a, b, result) & TOperation.FindExact(a, b, result);
            if (Vector128.ExtractMostSignificantBits(isRight) == FloatLanes<T>.All)
            {
                cpu.Xmm<Vector128<T>>(op.Destination) = result;
                return true;
            }
        }

        var status = new FloatStatus(cpu.Mxcsr);
        for (int index = 0; index < Vector128<T>.Count; index++)
        {
            ulong bits = TOperation.ComputeExactly<T>(
                FloatBits.Of(a.GetElement(index)), FloatBits.Of(b.GetElement(index)), op.Immediate, ref status);
            result = result.WithElement(index, FloatBits.To<T>(bits));
        }

        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.Xmm<Vector128<T>>(op.Destination) = result;
        return true;
    }
}
