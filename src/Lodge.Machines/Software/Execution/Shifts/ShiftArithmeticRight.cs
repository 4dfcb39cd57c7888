using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>sar</c>.</summary>
internal readonly struct ShiftArithmeticRight : IShiftOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong value, int count) where TSize : struct, IOperandSize
        => TSize.Truncate((ulong)(TSize.SignExtend(value) >> count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, int count, ulong result) where TSize : struct, IOperandSize
        => cpu.SetResult<TSize>(result, (ulong)(TSize.SignExtend(value) >> (count - 1)) & 1);
}
