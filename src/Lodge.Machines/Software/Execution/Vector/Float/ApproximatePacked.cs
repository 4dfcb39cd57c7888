using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An approximation of all elements of the source.</summary>
internal readonly struct ApproximatePacked<TApproximation> : IVectorOperation where TApproximation : struct, IApproximation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
        => TApproximation.Compute(b.AsSingle()).AsByte();
}
