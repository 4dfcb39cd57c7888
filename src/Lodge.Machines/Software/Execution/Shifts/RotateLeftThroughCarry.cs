using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>rcl</c>.</summary>
internal readonly struct RotateLeftThroughCarry : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        ulong carry = cpu.Carry;
        for (int rest = count % (bits + 1); rest > 0; rest--)
        {
            ulong next = (value >> (bits - 1)) & 1;
            value = TSize.Truncate((value << 1) | carry);
            carry = next;
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        int by = count % (bits + 1);
        ulong carry = by == 0 ? cpu.Carry : (value >> (bits - by)) & 1;
        ulong overflow = carry ^ ((result >> (bits - 1)) & 1);
        cpu.ReplaceCarryOverflow(carry | (overflow * FlagOverflow));
    }
}
