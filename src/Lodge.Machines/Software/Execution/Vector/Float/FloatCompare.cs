using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cmpps</c> and its like. The immediate is what is asked: equal, less, less or equal, unordered, and from 4 on the
/// opposites.</summary>
internal readonly struct FloatCompare : IFloatOperation
{
    private const int Opposite = 4;
    private const int Which = 3;

    public static bool Rounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b, int immediate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Of operands that are ordinary, so that nothing is unordered.
        Vector128<T> holds = (immediate & Which) switch
        {
            0 => Vector128.Equals(a, b),
            1 => Vector128.LessThan(a, b),
            2 => Vector128.LessThanOrEqual(a, b),
            _ => Vector128<T>.Zero,
        };
        return (immediate & Opposite) != 0 ? ~holds : holds;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> FindPlain<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => FloatLanes<T>.FindOrdinary(a) & FloatLanes<T>.FindOrdinary(b);

    public static Vector128<T> FindExact<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128<T>.AllBitsSet;

    public static ulong ComputeExactly<T>(ulong a, ulong b, int immediate, ref FloatStatus status) where T : unmanaged
    {
        int which = immediate & Which;
        FloatOrder order = SoftFloat<T>.Compare(a, b, isSignaling: which is 1 or 2, ref status);
        bool holds = which switch
        {
            0 => order == FloatOrder.Equal,
            1 => order == FloatOrder.Less,
            2 => order is FloatOrder.Less or FloatOrder.Equal,
            _ => order == FloatOrder.Unordered,
        };
        return holds == ((immediate & Opposite) == 0) ? ulong.MaxValue : 0;
    }
}
