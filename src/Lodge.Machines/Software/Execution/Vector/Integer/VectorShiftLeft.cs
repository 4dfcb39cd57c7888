using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>psllw</c> and its like.</summary>
internal readonly struct VectorShiftLeft : IVectorShift
{
    public static bool KeepsSign => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, int count) where T : unmanaged, IBinaryInteger<T> => a << count;
}
