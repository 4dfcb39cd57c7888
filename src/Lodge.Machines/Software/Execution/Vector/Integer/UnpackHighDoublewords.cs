using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpckhdq</c> and <c>unpckhps</c>.</summary>
internal readonly struct UnpackHighDoublewords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenUpper(a.AsUInt32()) | (Vector128.WidenUpper(b.AsUInt32()) << 32)).AsByte();
    }
}
