using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpckldq</c> and <c>unpcklps</c>.</summary>
internal readonly struct UnpackLowDoublewords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenLower(a.AsUInt32()) | (Vector128.WidenLower(b.AsUInt32()) << 32)).AsByte();
    }
}
