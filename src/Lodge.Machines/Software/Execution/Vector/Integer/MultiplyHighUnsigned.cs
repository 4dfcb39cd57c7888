using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pmulhuw</c>.</summary>
internal readonly struct MultiplyHighUnsigned : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        // The even and the odd words by themselves, as products of 32 bits.
        Vector128<uint> low = Vector128.Create(0xFFFFu);
        Vector128<uint> even = (a.AsUInt32() & low) * (b.AsUInt32() & low);
        Vector128<uint> odd = (a.AsUInt32() >> 16) * (b.AsUInt32() >> 16);
        return ((even >> 16) | (odd & ~low)).AsByte();
    }
}
