using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pxor</c>, <c>xorps</c> and <c>xorpd</c>.</summary>
internal readonly struct XorLanes : ILaneOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T> => a ^ b;
}
