using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary>What the immediates of shuffles mean, as the order of bytes.</summary>
internal static class ShuffleTable
{
    private const int Orders = 256;
    private const int Fields = 4;

    private static readonly Vector128<byte>[] Doublewords = Make(firstByte: 0, elementBytes: 4);
    private static readonly Vector128<byte>[] LowWords = Make(firstByte: 0, elementBytes: 2);
    private static readonly Vector128<byte>[] HighWords = Make(firstByte: 8, elementBytes: 2);

    /// <summary>Four elements of 4 bytes.</summary>
    public static Vector128<byte> Of(int immediate) => Doublewords[(byte)immediate];

    /// <summary>Four elements of 2 bytes, and the upper half as it is.</summary>
    public static Vector128<byte> OfLowWords(int immediate) => LowWords[(byte)immediate];

    /// <summary>The lower half as it is, and four elements of 2 bytes.</summary>
    public static Vector128<byte> OfHighWords(int immediate) => HighWords[(byte)immediate];

    private static Vector128<byte>[] Make(int firstByte, int elementBytes)
    {
        var orders = new Vector128<byte>[Orders];
        Span<byte> order = stackalloc byte[Vector128<byte>.Count];
        for (int immediate = 0; immediate < Orders; immediate++)
        {
            for (int index = 0; index < order.Length; index++)
                order[index] = (byte)index;

            for (int field = 0; field < Fields; field++)
            {
                int from = (immediate >> (2 * field)) & 3;
                for (int index = 0; index < elementBytes; index++)
                    order[firstByte + (field * elementBytes) + index] = (byte)(firstByte + (from * elementBytes) + index);
            }

            orders[immediate] = Vector128.Create<byte>(order);
        }

        return orders;
    }
}
