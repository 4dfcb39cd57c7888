using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Memory, and a register or an immediate, with a <c>lock</c> prefix.</summary>
internal readonly struct LockedBinary<TOperation, TSource> : IAtomicOperation
    where TOperation : struct, IBinaryOperation
    where TSource : struct, IOperandSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => TOperation.Compute<TSize>(cpu, value, TSource.Get<TSize>(cpu, ref op));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
        => TOperation.SetFlags<TSize>(cpu, value, TSource.Get<TSize>(cpu, ref op), result);
}
