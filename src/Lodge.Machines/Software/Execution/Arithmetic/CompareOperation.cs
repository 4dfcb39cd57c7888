using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cmp</c>.</summary>
internal readonly struct CompareOperation : IBinaryOperation
{
    public static bool Writes => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong a, ulong b) where TSize : struct, IOperandSize
        => TSize.Truncate(a - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong a, ulong b, ulong result) where TSize : struct, IOperandSize
        => cpu.SetFlags<TSize>(FlagsKind.Subtract, a, b, result);
}
