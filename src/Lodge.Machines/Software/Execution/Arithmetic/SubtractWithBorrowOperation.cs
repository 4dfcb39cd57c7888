using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>sbb</c>.</summary>
internal readonly struct SubtractWithBorrowOperation : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong a, ulong b) where TSize : struct, IOperandSize
        => TSize.Truncate(a - b - cpu.Carry);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong a, ulong b, ulong result) where TSize : struct, IOperandSize
        => cpu.SetFlags<TSize>(FlagsKind.Borrow, a, b, result);
}
