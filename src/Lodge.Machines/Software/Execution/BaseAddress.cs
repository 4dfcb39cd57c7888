using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>A base register, or none, and a displacement.</summary>
internal readonly struct BaseAddress : IOperandAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(Processor cpu, ref MicroOp op) => cpu.Register<ulong>(op.Base) + (ulong)op.Displacement;
}
