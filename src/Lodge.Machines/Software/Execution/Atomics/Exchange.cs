using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>xchg</c> with memory.</summary>
internal readonly struct Exchange : IAtomicOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => TSize.Get(cpu, op.Source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
        => TSize.Set(cpu, op.Source, value);
}
