using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtdq2pd</c>, which is always exact.</summary>
internal readonly struct IntegersToDoubles : IVectorConversion
{
    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
        => Vector128.Create((double)source.AsInt32().GetElement(0), source.AsInt32().GetElement(1)).AsByte();
}
