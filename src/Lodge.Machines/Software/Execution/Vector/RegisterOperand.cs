using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>A register of SSE, at the offset <see cref="MicroOp.Source"/>.</summary>
internal readonly struct RegisterOperand : IVectorSource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGet<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged
    {
        value = cpu.Xmm<T>(op.Source);
        return cpu.MayUseSse || cpu.RefuseSse(ref op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGetUnaligned<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged
        => TryGet(cpu, ref op, out value);
}
