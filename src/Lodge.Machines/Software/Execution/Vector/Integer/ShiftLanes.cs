using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A shift of elements by the lowest 64 bits of the source.</summary>
internal readonly unsafe struct ShiftLanes<TShift, T> : IVectorOperation
    where TShift : struct, IVectorShift
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
        => Shift(a, b.AsUInt64().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shift(Vector128<byte> a, ulong count)
    {
        int bits = 8 * sizeof(T);
        if (count < (ulong)bits)
            return TShift.Compute(a.As<byte, T>(), (int)count).AsByte();

        return TShift.KeepsSign ? TShift.Compute(a.As<byte, T>(), bits - 1).AsByte() : Vector128<byte>.Zero;
    }
}
