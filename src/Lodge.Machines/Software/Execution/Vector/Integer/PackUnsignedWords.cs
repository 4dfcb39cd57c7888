using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>packuswb</c>: words with a sign become bytes without one.</summary>
internal readonly struct PackUnsignedWords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        Vector128<short> most = Vector128.Create((short)byte.MaxValue);
        Vector128<short> low = Vector128.Min(Vector128.Max(a.AsInt16(), Vector128<short>.Zero), most);
        Vector128<short> high = Vector128.Min(Vector128.Max(b.AsInt16(), Vector128<short>.Zero), most);
        return Vector128.Narrow(low.AsUInt16(), high.AsUInt16());
    }
}
