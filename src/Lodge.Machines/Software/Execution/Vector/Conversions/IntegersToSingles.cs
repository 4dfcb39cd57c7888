using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>cvtdq2ps</c>.</summary>
internal readonly struct IntegersToSingles : IVectorConversion
{
    public static Vector128<byte> Convert(Vector128<byte> source, bool truncates, ref FloatStatus status)
    {
        Vector128<int> integers = source.AsInt32();
        if (status.RoundsPlainly)
            return Vector128.ConvertToSingle(integers).AsByte();

        Vector128<uint> result = default;
        for (int index = 0; index < Vector128<int>.Count; index++)
            result = result.WithElement(index, (uint)SoftFloat<float>.FromInteger(integers.GetElement(index), ref status));

        return result.AsByte();
    }
}
