using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpcklqdq</c> and <c>unpcklpd</c>.</summary>
internal readonly struct UnpackLowQuadwords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.Create(a.GetLower(), b.GetLower());
    }
}
