using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>dec</c>, which leaves CF.</summary>
internal readonly struct DecrementOperation : IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(ulong value) where TSize : struct, IOperandSize => TSize.Truncate(value - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetFlags<TSize>(Processor cpu, ulong value, ulong result) where TSize : struct, IOperandSize
    {
        cpu.SetFlags<TSize>(FlagsKind.Decrement, value, cpu.Carry, result);
    }
}
