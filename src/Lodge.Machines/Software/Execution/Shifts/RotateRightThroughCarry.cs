using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>rcr</c>.</summary>
internal readonly struct RotateRightThroughCarry : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        ulong carry = cpu.Carry;
        for (int rest = count % (bits + 1); rest > 0; rest--)
        {
            ulong next = value & 1;
            value = (value >> 1) | (carry << (bits - 1));
            carry = next;
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        int by = count % (bits + 1);
        ulong carry = by == 0 ? cpu.Carry : (value >> (by - 1)) & 1;
        ulong overflow = ((result >> (bits - 1)) ^ (result >> (bits - 2))) & 1;
        cpu.ReplaceCarryOverflow(carry | (overflow * FlagOverflow));
    }
}
