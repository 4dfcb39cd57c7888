using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>A conversion of several elements, as a type argument.</summary>
internal interface IVectorConversion
{
    /// <summary>Converts.</summary>
    /// <param name="source">The source; of shorter ones the lowest half counts.</param>
    /// <param name="truncates">Whether it is rounded toward zero in any case.</param>
    /// <param name="status">The mode, and the exceptions.</param>
    static abstract Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status);
}
