using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>packssdw</c>.</summary>
internal readonly struct PackSignedDoublewords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.NarrowWithSaturation(a.AsInt32(), b.AsInt32()).AsByte();
    }
}
