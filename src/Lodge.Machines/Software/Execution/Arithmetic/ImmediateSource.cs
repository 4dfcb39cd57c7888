using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>The immediate.</summary>
internal readonly struct ImmediateSource : IOperandSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize
        => TSize.Truncate((ulong)op.Immediate);
}
