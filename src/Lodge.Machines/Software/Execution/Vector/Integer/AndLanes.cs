using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pand</c>, <c>andps</c> and <c>andpd</c>.</summary>
internal readonly struct AndLanes : ILaneOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T> => a & b;
}
