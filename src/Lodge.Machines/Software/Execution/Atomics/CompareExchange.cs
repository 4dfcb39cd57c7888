using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary><c>cmpxchg</c> of memory.</summary>
internal readonly struct CompareExchange : IAtomicOperation
{
    // It is written in any case: what was read, where the comparison fails.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Compute<TSize>(Processor cpu, ref MicroOp op, ulong value) where TSize : struct, IOperandSize
        => value == TSize.Get(cpu, RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes)) ? TSize.Get(cpu, op.Source) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<TSize>(Processor cpu, ref MicroOp op, ulong value, ulong result) where TSize : struct, IOperandSize
    {
        byte accumulator = RegisterFile.OffsetOf(RegisterFile.Rax, TSize.Bytes);
        ulong expected = TSize.Get(cpu, accumulator);
        cpu.SetFlags<TSize>(FlagsKind.Subtract, expected, value, TSize.Truncate(expected - value));
        if (value != expected)
            TSize.Set(cpu, accumulator, value);
    }
}
