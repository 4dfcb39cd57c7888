using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>not</c>, which leaves the flags.</summary>
internal readonly struct NotOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(ulong value) where TSize : struct, IOperandSize => TSize.Truncate(~value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, ulong result) where TSize : struct, IOperandSize
    {
    }
}
