using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtps2dq</c> and <c>cvttps2dq</c>.</summary>
internal readonly struct SinglesToIntegers : IVectorConversion
{
    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        Vector128<uint> result = default;
        for (int index = 0; index < Vector128<float>.Count; index++)
        {
            ulong integer = FloatToInteger.Convert(source.AsSingle().GetElement(index), sizeof(int), truncates, ref status);
            result = result.WithElement(index, (uint)integer);
        }

        return result.AsByte();
    }
}
