using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>xadd</c> with memory.</summary>
internal readonly struct ExchangeAdd : IAtomicOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => TSize.Truncate(value + TSize.Get(cpu, op.Source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
    {
        cpu.SetFlags<TSize>(FlagsKind.Add, value, TSize.Get(cpu, op.Source), result);
        TSize.Set(cpu, op.Source, value);
    }
}
