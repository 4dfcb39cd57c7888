using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtps2pd</c>.</summary>
internal readonly struct SinglesToDoubles : IVectorConversion
{
    private const uint Both = 3;

    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        Vector128<float> singles = source.AsSingle();
        if ((Vector128.ExtractMostSignificantBits(FloatLanes<float>.FindOrdinary(singles)) & Both) == Both)
            return Vector128.WidenLower(singles).AsByte();

        ulong low = SoftFloat<double>.From<float>(source.AsUInt32().GetElement(0), ref status);
        ulong high = SoftFloat<double>.From<float>(source.AsUInt32().GetElement(1), ref status);
        return Vector128.Create(low, high).AsByte();
    }
}
