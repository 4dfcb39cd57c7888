using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cvtss2si</c>, <c>cvtsd2si</c> and those that truncate, for which <see cref="MicroOp.Extra"/> is 1.</summary>
internal readonly struct ConvertToInteger<T, TSize> : IVectorHandler
    where T : unmanaged
    where TSize : struct, IOperandSize
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out T number))
            return BlockExit.Stopped;

        if (!FloatToInteger.TryConvertPlainly(number, TSize.Bytes, op.Extra != 0, cpu.Mxcsr, out long result))
            return ExecuteExactly(cpu, ref op, number);

        TSize.Set(cpu, op.Destination, TSize.Truncate((ulong)result));
        return MicroOp.Next(cpu, ref op);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BlockExit ExecuteExactly(Processor cpu, ref MicroOp op, T number)
        => TryExecuteExactly(cpu, ref op, number) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;

    private static bool TryExecuteExactly(Processor cpu, ref MicroOp op, T number)
    {
        var status = new FloatStatus(cpu.Mxcsr);
        ulong result = SoftFloat<T>.ToInteger(FloatBits.Of(number), TSize.Bytes, op.Extra != 0, ref status);
        if (!cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        TSize.Set(cpu, op.Destination, result);
        return true;
    }
}
