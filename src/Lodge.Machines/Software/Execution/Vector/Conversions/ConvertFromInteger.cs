using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cvtsi2ss</c> and <c>cvtsi2sd</c>; the destination's other elements stay.</summary>
internal readonly unsafe struct ConvertFromInteger<TInteger, T> : IVectorHandler
    where TInteger : unmanaged
    where T : unmanaged
{
    // A double holds every integer of 32 bits.
    private static bool IsExact => sizeof(TInteger) < sizeof(T);

    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out TInteger value))
            return BlockExit.Stopped;

        if (!IsExact && !cpu.RoundsPlainly)
            return ExecuteExactly(cpu, ref op, Widen(value));

        cpu.Xmm<T>(op.Destination) = typeof(T) == typeof(float)
            ? Unsafe.BitCast<float, T>(Widen(value))
            : Unsafe.BitCast<double, T>(Widen(value));
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Widen(TInteger value)
        => sizeof(TInteger) == sizeof(int) ? Unsafe.BitCast<TInteger, int>(value) : Unsafe.BitCast<TInteger, long>(value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op, long value)
        => TryExecuteExactly(cpu, ref op, value) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op, long value)
    {
        var status = new FloatStatus(cpu.Mxcsr);
        ulong bits = SoftFloat<T>.FromInteger(value, ref status);
        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.Xmm<T>(op.Destination) = FloatBits.To<T>(bits);
        return true;
    }
}
