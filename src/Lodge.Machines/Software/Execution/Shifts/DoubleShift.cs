using System.Runtime.CompilerServices;
using static Lodge.Machines.ControlBits;

namespace Lodge.Machines;

/// <summary><c>shld</c> and <c>shrd</c>.</summary>
internal static class DoubleShift
{
    /// <summary>Shifts a value and fills it from another. The count is masked and not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(ulong value, ulong filler, int count, bool isLeft) where TSize : struct, IOperandSize
    {
        // Of 16 bits, counts above 16 are undefined; here the operand, the filler and the operand again are shifted, as
        // processors do.
        int bits = 8 * TSize.Bytes;
        if (TSize.Bytes == 2)
        {
            ulong chain = (value << 32) | (filler << 16) | value;
            return isLeft ? (ushort)(chain >> (32 - count)) : (ushort)(chain >> count);
        }

        return TSize.Truncate(isLeft
            ? (value << count) | (filler >> (bits - count))
            : (value >> count) | (filler << (bits - count)));
    }

    public static void SetFlags<TSize>(Processor cpu, ulong value, ulong filler, int count, ulong result, bool isLeft)
        where TSize : struct, IOperandSize
    {
        int bits = 8 * TSize.Bytes;
        ulong carry;
        if (count <= bits)
            carry = isLeft ? (value >> (bits - count)) & 1 : (value >> (count - 1)) & 1;
        else
            carry = isLeft ? (filler >> ((2 * bits) - count)) & 1 : (filler >> (count - bits - 1)) & 1;

        ulong overflow = ((value ^ result) >> (bits - 1)) & 1;
        cpu.SetResult<TSize>(result, carry | (overflow * FlagOverflow));
    }
}
