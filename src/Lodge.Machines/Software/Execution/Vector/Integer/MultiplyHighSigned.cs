using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pmulhw</c>.</summary>
internal readonly struct MultiplyHighSigned : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        // The even and the odd words by themselves, as products of 32 bits.
        Vector128<int> even = ((a.AsInt32() << 16) >> 16) * ((b.AsInt32() << 16) >> 16);
        Vector128<int> odd = (a.AsInt32() >> 16) * (b.AsInt32() >> 16);
        return ((even >>> 16) | (odd & Vector128.Create(unchecked((int)0xFFFF_0000)))).AsByte();
    }
}
