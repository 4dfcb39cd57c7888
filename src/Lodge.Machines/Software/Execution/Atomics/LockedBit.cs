using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>bts</c> and its like on memory, with a <c>lock</c> prefix.</summary>
internal readonly struct LockedBit<TOperation, TSource> : IAtomicOperation
    where TOperation : struct, IBitOperation
    where TSource : struct, IOperandSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddressOf<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
        => BitNumber<TSource>.AddressOf<TSize, TAddress>(cpu, ref op);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => TOperation.Compute(value, 1UL << BitNumber<TSource>.InOperand<TSize>(cpu, ref op));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
        => cpu.ReplaceCarry(value >> BitNumber<TSource>.InOperand<TSize>(cpu, ref op));
}
