using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pavgb</c> and <c>pavgw</c>: half of the sum and one, without a wider element.</summary>
internal readonly struct AverageLanes : ILaneOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T>
        => (a | b) - ((a ^ b) >>> 1);
}
