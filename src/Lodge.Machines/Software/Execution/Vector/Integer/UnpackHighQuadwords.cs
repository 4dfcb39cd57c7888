using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpckhqdq</c> and <c>unpckhpd</c>.</summary>
internal readonly struct UnpackHighQuadwords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.Create(a.GetUpper(), b.GetUpper());
    }
}
