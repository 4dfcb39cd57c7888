using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

internal static class ByteOrder
{
    // A switch over the size folds to one instruction; the generic-math reader is not inlined.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Reverse<T>(T value) where T : unmanaged, IBinaryInteger<T>
    {
        if (Unsafe.SizeOf<T>() == 1)
            return value;

        if (Unsafe.SizeOf<T>() == 2)
            return Unsafe.BitCast<ushort, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ushort>(value)));

        if (Unsafe.SizeOf<T>() == 4)
            return Unsafe.BitCast<uint, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, uint>(value)));

        if (Unsafe.SizeOf<T>() == 8)
            return Unsafe.BitCast<ulong, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, ulong>(value)));

        if (Unsafe.SizeOf<T>() == 16)
            return Unsafe.BitCast<UInt128, T>(BinaryPrimitives.ReverseEndianness(Unsafe.BitCast<T, UInt128>(value)));

        throw new NotSupportedException($"{typeof(T).Name} is not an integer of 1, 2, 4, 8 or 16 bytes.");
    }
}
