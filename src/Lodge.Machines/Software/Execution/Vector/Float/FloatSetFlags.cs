using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>comiss</c>, <c>comisd</c>, <c>ucomiss</c> and <c>ucomisd</c>. <see cref="MicroOp.Extra"/> is 1 for the first two,
/// for which every NaN is invalid.</summary>
internal readonly struct FloatSetFlags<T> : IVectorHandler where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out T b))
            return BlockExit.Stopped;

        T a = cpu.Xmm<T>(op.Destination);
        Vector128<T> isOrdinary = FloatLanes<T>.FindOrdinary(Vector128.CreateScalarUnsafe(a))
            & FloatLanes<T>.FindOrdinary(Vector128.CreateScalarUnsafe(b));
        if ((Vector128.ExtractMostSignificantBits(isOrdinary) & 1) != 0)
        {
            cpu.SetKnown((a < b ? FlagCarry : 0) | (a == b ? FlagZero : 0));
            return MicroOp.Next(cpu, ref op);
        }

        return ExecuteExactly(cpu, ref op, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op, T b)
        => TryExecuteExactly(cpu, ref op, b) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op, T b)
    {
        var status = new FloatStatus(cpu.Mxcsr);
        ulong a = FloatBits.Of(cpu.Xmm<T>(op.Destination));
        FloatOrder order = SoftFloat<T>.Compare(a, FloatBits.Of(b), isSignaling: op.Extra != 0, ref status);
        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.SetKnown(order switch
        {
            FloatOrder.Less => FlagCarry,
            FloatOrder.Equal => FlagZero,
            FloatOrder.Greater => 0,
            _ => FlagCarry | FlagZero | FlagParity,
        });
        return true;
    }
}
