using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>mulps</c> and its like.</summary>
internal readonly struct FloatMultiply : IFloatOperation
{
    public static bool Rounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b, int immediate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindPlain<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => (FloatLanes<T>.FindNormal(result)
                | (FloatLanes<T>.FindZero(result) & (FloatLanes<T>.FindZero(a) | FloatLanes<T>.FindZero(b))))
            & FloatLanes<T>.FindOrdinary(a) & FloatLanes<T>.FindOrdinary(b);

    public static Vector128<T> FindExact<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FloatLanes<T>.FindZero(FloatLanes<T>.MultiplyAdd(a, b, -result)) & FloatLanes<T>.FindLarge(result);

    public static ulong ComputeExactly<T>(ulong a, ulong b, int immediate, ref FloatStatus status) where T : unmanaged
        => SoftFloat<T>.Multiply(a, b, ref status);
}
