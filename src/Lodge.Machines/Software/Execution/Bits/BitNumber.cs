using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Which bit <c>bt</c> and its like are about. A register numbers bits from the operand's address on, in both directions;
/// an immediate is taken modulo the size.</summary>
internal static class BitNumber<TSource> where TSource : struct, IOperandSource
{
    /// <summary>The address of the operand that has the bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddressOf<TSize, TAddress>(Processor cpu, ref MicroOp op)
        where TSize : struct, IOperandSize
        where TAddress : struct, IOperandAddress
    {
        if (typeof(TSource) != typeof(RegisterSource))
            return TAddress.Of(cpu, ref op);

        // With a 32-bit address size the sum wraps there, and the segment comes on top of it.
        ulong number = TSource.Get<TSize>(cpu, ref op);
        ulong distance = (ulong)((TSize.SignExtend(number) >> (3 + TSize.Log)) * TSize.Bytes);
        return (op.Address & AddressTraits.Narrow) != 0
            ? (uint)(FullAddress.OffsetOf(cpu, ref op) + distance) + cpu.Register<ulong>(op.Segment)
            : TAddress.Of(cpu, ref op) + distance;
    }

    /// <summary>The bit's place in that operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int InOperand<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => (int)TSource.Get<TSize>(cpu, ref op) & ((8 * TSize.Bytes) - 1);
}
