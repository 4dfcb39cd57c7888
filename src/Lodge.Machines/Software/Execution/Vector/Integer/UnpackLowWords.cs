using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpcklwd</c>.</summary>
internal readonly struct UnpackLowWords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenLower(a.AsUInt16()) | (Vector128.WidenLower(b.AsUInt16()) << 16)).AsByte();
    }
}
