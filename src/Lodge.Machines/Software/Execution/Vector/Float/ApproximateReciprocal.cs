using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lodge.Machines;

/// <summary><c>rcpps</c> and its like: what the host's instruction gives, if there is one: processors differ in it.</summary>
internal readonly unsafe struct ApproximateReciprocal : IApproximation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Compute(Vector128<float> value)
        => Sse.IsSupported ? Sse.Reciprocal(value) : Approximations.OfEach(value, &Approximations.Reciprocal);
}
