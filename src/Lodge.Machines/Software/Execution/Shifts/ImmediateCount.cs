using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>The immediate.</summary>
internal readonly struct ImmediateCount : IShiftCount
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Get(Processor cpu, ref MicroOp op) => op.Immediate;
}
