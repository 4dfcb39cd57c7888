using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pandn</c>, <c>andnps</c> and <c>andnpd</c>: the destination is what is complemented.</summary>
internal readonly struct AndNotLanes : ILaneOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T> => ~a & b;
}
