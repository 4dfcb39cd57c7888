using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>shl</c>.</summary>
internal readonly struct ShiftLeft : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
        // Operands of 8 and 16 bits can be shifted out altogether.
        => TSize.Truncate(value << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        ulong carry = count <= bits ? (value >> (bits - count)) & 1 : 0;
        ulong overflow = carry ^ ((result >> (bits - 1)) & 1);
        cpu.SetResult<TSize>(result, carry | (overflow * FlagOverflow));
    }
}
