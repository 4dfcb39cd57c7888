using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation on numbers, as a type argument.</summary>
/// <remarks>
/// The host computes as MXCSR says after a reset. Where nothing else is wanted its result is taken for operands that raise
/// nothing and results that raise at most inexactness; everything else is computed in integers.
/// </remarks>
internal interface IFloatOperation
{
    /// <summary>Whether results are rounded. Where not, MXCSR means nothing for ordinary operands.</summary>
    static abstract bool Rounds { get; }

    /// <summary>What the host gives.</summary>
    static abstract Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b, int immediate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The elements whose result is right and raises at most inexactness.</summary>
    static abstract Vector128<T> FindPlain<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Those of the plain elements whose result is exact, as far as that is easily told.</summary>
    static abstract Vector128<T> FindExact<T>(Vector128<T> a, Vector128<T> b, Vector128<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The result in any case.</summary>
    static abstract ulong ComputeExactly<T>(ulong a, ulong b, int immediate, ref FloatStatus status) where T : unmanaged;
}
