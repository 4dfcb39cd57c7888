using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtpd2ps</c>; the upper half becomes zero.</summary>
internal readonly struct DoublesToSingles : IVectorConversion
{
    private const uint Both = 3;

    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        Vector128<double> doubles = source.AsDouble();
        Vector128<float> singles = Vector128.Narrow(doubles, Vector128<double>.Zero);
        uint plain = Vector128.ExtractMostSignificantBits(FloatLanes<float>.FindNormal(singles))
            | Vector128.ExtractMostSignificantBits(FloatLanes<double>.FindZero(doubles));
        if (status.RoundsPlainly && (plain & Both) == Both)
            return singles.AsByte();

        ulong low = SoftFloat<float>.From<double>(source.AsUInt64().GetElement(0), ref status);
        ulong high = SoftFloat<float>.From<double>(source.AsUInt64().GetElement(1), ref status);
        return Vector128.Create((uint)low, (uint)high, 0, 0).AsByte();
    }
}
