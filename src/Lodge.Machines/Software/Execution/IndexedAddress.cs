using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>With an index register too.</summary>
internal readonly struct IndexedAddress : IOperandAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(Processor cpu, ref MicroOp op)
        => cpu.Register<ulong>(op.Base) + (cpu.Register<ulong>(op.Index) << op.Shift) + (ulong)op.Displacement;
}
