using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>An instruction with one operand, in memory, with a <c>lock</c> prefix.</summary>
internal readonly struct LockedUnary<TOperation> : IAtomicOperation where TOperation : struct, IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => TOperation.Compute<TSize>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
        => TOperation.SetFlags<TSize>(cpu, value, result);
}
