using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>pslldq</c>: the source, which is the destination, by an immediate.</summary>
internal readonly struct ShiftBytesLeft : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        int count = (byte)immediate;
        return count > 15
            ? Vector128<byte>.Zero
            : Unsafe.BitCast<UInt128, Vector128<byte>>(Unsafe.BitCast<Vector128<byte>, UInt128>(b) << (8 * count));
    }
}
