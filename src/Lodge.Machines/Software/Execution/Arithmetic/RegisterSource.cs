using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>The register <see cref="MicroOp.Source"/>.</summary>
internal readonly struct RegisterSource : IOperandSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get<TSize>(Processor cpu, ref MicroOp op) where TSize : struct, IOperandSize => TSize.Get(cpu, op.Source);
}
