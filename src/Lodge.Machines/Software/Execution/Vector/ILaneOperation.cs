using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation that is the same for elements of several sizes, as a type argument.</summary>
internal interface ILaneOperation
{
    static abstract Vector128<T> Compute<T>(Vector128<T> a, Vector128<T> b) where T : unmanaged, IBinaryInteger<T>;
}
