using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A shift of elements by less than they have bits, as a type argument.</summary>
internal interface IVectorShift
{
    /// <summary>Whether it fills up with the sign, so that a large count is the largest that there is; otherwise zeros are
    /// left.</summary>
    static abstract bool KeepsSign { get; }

    static abstract Vector128<T> Compute<T>(Vector128<T> a, int count) where T : unmanaged, IBinaryInteger<T>;
}
