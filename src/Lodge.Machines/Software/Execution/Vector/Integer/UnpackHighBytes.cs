using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>punpckhbw</c>.</summary>
internal readonly struct UnpackHighBytes : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return (Vector128.WidenUpper(a) | (Vector128.WidenUpper(b) << 8)).AsByte();
    }
}
