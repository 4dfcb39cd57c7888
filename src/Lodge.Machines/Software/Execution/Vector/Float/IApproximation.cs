using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation whose result is only near to the exact one, as a type argument.</summary>
internal interface IApproximation
{
    static abstract Vector128<float> Compute(Vector128<float> value);
}
