using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pmuludq</c>: the product of the lowest halves of each 64 bits.</summary>
internal readonly struct MultiplyEven : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        ulong low = (ulong)a.AsUInt32().GetElement(0) * b.AsUInt32().GetElement(0);
        ulong high = (ulong)a.AsUInt32().GetElement(2) * b.AsUInt32().GetElement(2);
        return Vector128.Create(low, high).AsByte();
    }
}
