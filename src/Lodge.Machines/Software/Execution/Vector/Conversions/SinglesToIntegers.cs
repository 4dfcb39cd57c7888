using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtps2dq</c> and <c>cvttps2dq</c>.</summary>
internal readonly struct SinglesToIntegers : IVectorConversion
{
    private const float Above = 2147483648f;

    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        Vector128<float> singles = source.AsSingle();
        Vector128<float> rounded = truncates ? Vector128.Truncate(singles) : Vector128.Round(singles);
        if ((truncates || status.Rounding == FloatRounding.NearestEven)
            && Vector128.LessThanAll(Vector128.Abs(rounded), Vector128.Create(Above))
            && (status.IgnoresPrecision || Vector128.EqualsAll(rounded, singles)))
        {
            return Vector128.ConvertToInt32(rounded).AsByte();
        }

        Vector128<uint> result = default;
        for (int index = 0; index < Vector128<float>.Count; index++)
        {
            ulong integer = FloatToInteger.Convert(singles.GetElement(index), sizeof(int), truncates, ref status);
            result = result.WithElement(index, (uint)integer);
        }

        return result.AsByte();
    }
}
