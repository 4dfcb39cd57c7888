using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>shufpd</c>: an element of the destination, then one of the source.</summary>
internal readonly struct ShuffleDoubles : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.Create(
            (immediate & 1) == 0 ? a.GetLower() : a.GetUpper(),
            (immediate & 2) == 0 ? b.GetLower() : b.GetUpper());
    }
}
