using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>CL.</summary>
internal readonly struct ClCount : IShiftCount
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Get(Processor cpu, ref MicroOp op) => (int)cpu[RegisterFile.Rcx];
}
