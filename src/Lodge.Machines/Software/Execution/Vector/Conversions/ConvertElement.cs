using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cvtss2sd</c> and <c>cvtsd2ss</c>; the destination's other elements stay.</summary>
internal readonly struct ConvertElement<TFrom, TTo> : IVectorHandler
    where TFrom : unmanaged
    where TTo : unmanaged
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out TFrom value))
            return BlockExit.Stopped;

        if (typeof(TTo) == typeof(double))
        {
            float number = Unsafe.BitCast<TFrom, float>(value);
            if (float.IsNormal(number) || number == 0)
            {
                cpu.Xmm<double>(op.Destination) = number;
                return MicroOp.Next(cpu, ref op);
            }
        }
        else
        {
            // The smallest normal number may come from less.
            var number = (float)Unsafe.BitCast<TFrom, double>(value);
            if (cpu.RoundsPlainly && Math.Abs(number) is > SmallestNormal and < float.PositiveInfinity)
            {
                cpu.Xmm<float>(op.Destination) = number;
                return MicroOp.Next(cpu, ref op);
            }
        }

        return ExecuteExactly(cpu, ref op, value);
    }

    private const float SmallestNormal = 1.17549435E-38f;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op, TFrom value)
        => TryExecuteExactly(cpu, ref op, value) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op, TFrom value)
    {
        var status = new FloatStatus(cpu.Mxcsr);
        ulong bits = SoftFloat<TTo>.From<TFrom>(FloatBits.Of(value), ref status);
        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.Xmm<TTo>(op.Destination) = FloatBits.To<TTo>(bits);
        return true;
    }
}
