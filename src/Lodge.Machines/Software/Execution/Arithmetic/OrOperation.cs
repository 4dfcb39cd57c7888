using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>or</c>.</summary>
internal readonly struct OrOperation : IBinaryOperation
{
    public static bool Writes => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ulong a, ulong b) where TSize : struct, IOperandSize => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong a, ulong b, ulong result) where TSize : struct, IOperandSize
        => cpu.SetResult<TSize>(result);
}
