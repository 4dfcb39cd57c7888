using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pmaddwd</c>: products of words, added in pairs.</summary>
internal readonly struct MultiplyAndAdd : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        Vector128<int> even = ((a.AsInt32() << 16) >> 16) * ((b.AsInt32() << 16) >> 16);
        Vector128<int> odd = (a.AsInt32() >> 16) * (b.AsInt32() >> 16);
        return (even + odd).AsByte();
    }
}
