using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A conversion of several elements. <see cref="MicroOp.Extra"/> is 1 for those that truncate.</summary>
/// <typeparam name="TConversion">The conversion.</typeparam>
/// <typeparam name="TOperand">What is read: a vector, or a <see cref="ulong"/>.</typeparam>
internal readonly unsafe struct ConvertVector<TConversion, TOperand> : IVectorHandler
    where TConversion : struct, IVectorConversion
    where TOperand : unmanaged
{
    public static BlockExit Execute<TSource>(Processor cpu, ref MicroOp op) where TSource : struct, IVectorSource
    {
        if (!TSource.TryGet(cpu, ref op, out TOperand operand))
            return BlockExit.Stopped;

        cpu.Operand = sizeof(TOperand) == sizeof(ulong)
            ? Vector128.CreateScalar(Unsafe.BitCast<TOperand, ulong>(operand)).AsByte()
            : Unsafe.BitCast<TOperand, Vector128<byte>>(operand);
        return TryConvert(cpu, ref op) ? MicroOp.Next(cpu, ref op) : BlockExit.Stopped;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryConvert(Processor cpu, ref MicroOp op)
    {
        var status = new FloatStatus(cpu.Mxcsr);
        Vector128<byte> result = TConversion.Convert(cpu.Operand, op.Extra != 0, ref status);
        if (status.Flags != 0 && !cpu.TryRaiseFloat(ref op, status.Flags))
            return false;

        cpu.Xmm<Vector128<byte>>(op.Destination) = result;
        return true;
    }
}
