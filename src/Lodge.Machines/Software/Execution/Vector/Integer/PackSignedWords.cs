using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>packsswb</c>.</summary>
internal readonly struct PackSignedWords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.NarrowWithSaturation(a.AsInt16(), b.AsInt16()).AsByte();
    }
}
