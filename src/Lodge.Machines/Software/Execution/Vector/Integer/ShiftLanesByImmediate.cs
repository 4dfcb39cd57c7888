using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A shift of the source's elements by an immediate. The source is the destination.</summary>
internal readonly struct ShiftLanesByImmediate<TShift, T> : IVectorOperation
    where TShift : struct, IVectorShift
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
        => ShiftLanes<TShift, T>.Shift(b, (byte)immediate);
}
