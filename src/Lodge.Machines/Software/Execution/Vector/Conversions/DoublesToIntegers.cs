using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtpd2dq</c> and <c>cvttpd2dq</c>; the upper half becomes zero.</summary>
internal readonly struct DoublesToIntegers : IVectorConversion
{
    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        ulong low = FloatToInteger.Convert(source.AsDouble().GetElement(0), sizeof(int), truncates, ref status);
        ulong high = FloatToInteger.Convert(source.AsDouble().GetElement(1), sizeof(int), truncates, ref status);
        return Vector128.Create((uint)low, (uint)high, 0, 0).AsByte();
    }
}
