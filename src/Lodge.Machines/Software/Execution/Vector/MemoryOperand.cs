using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Memory.</summary>
internal readonly unsafe struct MemoryOperand<TAddress> : IVectorSource where TAddress : struct, IOperandAddress
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGet<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged
    {
        ulong address = TAddress.Of(cpu, ref op);
        if (cpu.MayUseSse && (sizeof(T) != 16 || (address & 15) == 0))
            return cpu.TryReadValue(ref op, address, out value);

        value = default;
        return cpu.RefuseOperand(ref op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGetUnaligned<T>(Processor cpu, ref MicroOp op, out T value) where T : unmanaged
    {
        if (cpu.MayUseSse)
            return cpu.TryReadValue(ref op, TAddress.Of(cpu, ref op), out value);

        value = default;
        return cpu.RefuseSse(ref op);
    }
}
