using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpckhwd</c>.</summary>
internal readonly struct UnpackHighWords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenUpper(a.AsUInt16()) | (Vector128.WidenUpper(b.AsUInt16()) << 16)).AsByte();
    }
}
