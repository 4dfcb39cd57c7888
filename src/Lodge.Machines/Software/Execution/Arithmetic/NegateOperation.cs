using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>neg</c>.</summary>
internal readonly struct NegateOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(ulong value) where TSize : struct, IOperandSize => TSize.Truncate(0 - value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, ulong result) where TSize : struct, IOperandSize
    {
        cpu.SetFlags<TSize>(FlagsKind.Subtract, 0, value, result);
    }
}
