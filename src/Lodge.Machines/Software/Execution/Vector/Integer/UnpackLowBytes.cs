using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpcklbw</c>.</summary>
internal readonly struct UnpackLowBytes : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenLower(a) | (Vector128.WidenLower(b) << 8)).AsByte();
    }
}
