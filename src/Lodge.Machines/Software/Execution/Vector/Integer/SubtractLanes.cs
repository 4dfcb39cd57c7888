using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>psubb</c> and its like.</summary>
internal readonly struct SubtractLanes : ILaneOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T> => a - b;
}
