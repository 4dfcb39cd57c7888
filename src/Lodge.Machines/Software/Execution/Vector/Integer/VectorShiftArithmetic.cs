using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>psraw</c> and <c>psrad</c>.</summary>
internal readonly struct VectorShiftArithmetic : IVectorShift
{
    public static bool KeepsSign => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compute<T>(Vector128<T> a, int count) where T : unmanaged, IBinaryInteger<T> => a >> count;
}
