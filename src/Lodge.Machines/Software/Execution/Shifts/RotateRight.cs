using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>ror</c>.</summary>
internal readonly struct RotateRight : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        int by = count & (bits - 1);
        return by == 0 ? value : TSize.Truncate((value >> by) | (value << (bits - by)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
    {
        int top = (8 * TSize.Bytes) - 1;
        ulong carry = (result >> top) & 1;
        ulong overflow = carry ^ ((result >> (top - 1)) & 1);
        cpu.ReplaceCarryOverflow(carry | (overflow * FlagOverflow));
    }
}
