using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation on vectors of some element.</summary>
internal readonly struct Lanewise<TOperation, T> : IVectorOperation
    where TOperation : struct, ILaneOperation
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
        => TOperation.Compute(a.As<byte, T>(), b.As<byte, T>()).AsByte();
}
