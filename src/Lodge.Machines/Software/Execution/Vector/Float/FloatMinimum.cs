using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>minps</c> and its like: the second where the two are equal.</summary>
internal readonly struct FloatMinimum : IFloatOperation
{
    public static bool Rounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b, int immediate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindPlain<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FloatLanes<T>.FindOrdinary(a) & FloatLanes<T>.FindOrdinary(b);

    public static Vector128<T> FindExact<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128<T>.AllBitsSet;

    public static ulong ComputeExactly<T>(ulong a, ulong b, int immediate, ref FloatStatus status) where T : unmanaged
        => SoftFloat<T>.Minimum(a, b, ref status);
}
