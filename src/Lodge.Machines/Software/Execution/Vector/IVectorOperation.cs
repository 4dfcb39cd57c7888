using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>An operation on two vectors, as a type argument.</summary>
internal interface IVectorOperation
{
    /// <summary>Computes.</summary>
    /// <param name="a">The destination's old value.</param>
    /// <param name="b">The source.</param>
    /// <param name="immediate">The instruction's immediate, where it has one.</param>
    static abstract Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate);
}
