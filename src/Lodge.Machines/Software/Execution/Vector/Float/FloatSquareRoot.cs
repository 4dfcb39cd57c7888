using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>sqrtps</c> and its like, of the source alone.</summary>
internal readonly struct FloatSquareRoot : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b, int immediate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128.Sqrt(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindPlain<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (FloatLanes<T>.FindNormal(result) | FloatLanes<T>.FindZero(result)) & FloatLanes<T>.FindOrdinary(b);

    public static Vector128<T> FindExact<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FloatLanes<T>.FindZero(FloatLanes<T>.MultiplyAdd(result, result, -b)) & FloatLanes<T>.FindLarge(b);

    public static ulong ComputeExactly<T>(ulong a, ulong b, int immediate, ref FloatStatus status) where T : unmanaged
        => SoftFloat<T>.SquareRoot(b, ref status);
}
