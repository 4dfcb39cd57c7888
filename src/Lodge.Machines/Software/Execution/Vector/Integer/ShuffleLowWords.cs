using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pshuflw</c>.</summary>
internal readonly struct ShuffleLowWords : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        return Vector128.Shuffle(b, ShuffleTable.OfLowWords(immediate));
    }
}
