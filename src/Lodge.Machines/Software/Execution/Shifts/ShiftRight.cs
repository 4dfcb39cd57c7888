using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>shr</c>.</summary>
internal readonly struct ShiftRight : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
        => value >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        ulong carry = (value >> (count - 1)) & 1;
        ulong overflow = count == 1 ? (value >> (bits - 1)) & 1 : 0;
        cpu.SetResult<TSize>(result, carry | (overflow * FlagOverflow));
    }
}
