using System.Runtime.CompilerServices;

namespace Lodge.Machines;

/// <summary>Numbers as bits, in the lowest of a <see cref="ulong"/>.</summary>
internal static unsafe class FloatBits
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of<T>(T value) where T : unmanaged
        => sizeof(T) == sizeof(uint) ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T To<T>(ulong bits) where T : unmanaged
        => sizeof(T) == sizeof(uint) ? Unsafe.BitCast<uint, T>((uint)bits) : Unsafe.BitCast<ulong, T>(bits);
}
