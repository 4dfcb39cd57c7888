using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lodge.Machines;

/// <summary><c>psadbw</c>: the sum of the differences of each 8 bytes, without their signs.</summary>
internal readonly struct SumOfDifferences : IVectorOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Compute(Vector128<byte> a, Vector128<byte> b, int immediate)
    {
        Vector128<ushort> differences = (Vector128.Max(a, b) - Vector128.Min(a, b)).AsUInt16();
        Vector128<ulong> pairs = ((differences & Vector128.Create((ushort)0xFF)) + (differences >> 8)).AsUInt64();

        // Four sums of 9 bits, added up in the highest 16.
        const ulong EachOnce = 0x0001_0001_0001_0001;
        return Vector128.Create((pairs.GetElement(0) * EachOnce) >> 48, (pairs.GetElement(1) * EachOnce) >> 48).AsByte();
    }
}
