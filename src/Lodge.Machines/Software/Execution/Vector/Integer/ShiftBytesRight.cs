using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>psrldq</c>: the source, which is the destination, by an immediate.</summary>
internal readonly struct ShiftBytesRight : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        int count = (byte)immediate;
        if (count >= Vector128<byte>.Count)
            return Vector128<byte>.Zero;

        // What comes from outside is zero.
        return Vector128.Shuffle(b, Vector128<byte>.Indices + Vector128.Create((byte)count));
    }
}
