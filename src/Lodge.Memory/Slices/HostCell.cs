using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Single accesses to 1, 2, 4 or 8 bytes of host memory: never torn and never repeated.</summary>
/// <remarks>
/// Every caller has checked that the pointer lies in memory which an object it holds keeps mapped, and that it is aligned
/// where the method does not say otherwise. The size is a constant of the type, so each method compiles to one branch of it.
/// </remarks>
internal static unsafe class HostCell
{
    /// <summary>Whether values of this type have a size that the processor accesses at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCell<T>() where T : unmanaged => sizeof(T) is 1 or 2 or 4 or 8;

    /// <summary>Whether an address, a guest's or the host's, is aligned to the size of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAligned<T>(ulong address) where T : unmanaged => (address & ((ulong)sizeof(T) - 1)) == 0;

    /// <summary>One plain read, at the sum of a distance and an address. The compiler may move it, or join it with another, but
    /// never makes two of it.</summary>
    /// <remarks>Not volatile: that would keep the map's own fields from being read once for a whole loop. The sum is made in each
    /// access, so that it is part of its operand.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ReadAligned<T>(nint delta, ulong address) where T : unmanaged => sizeof(T) switch
    {
        1 => Unsafe.BitCast<byte, T>(*(byte*)(delta + (nint)address)),
        2 => Unsafe.BitCast<ushort, T>(*(ushort*)(delta + (nint)address)),
        4 => Unsafe.BitCast<uint, T>(*(uint*)(delta + (nint)address)),
        _ => Unsafe.BitCast<ulong, T>(*(ulong*)(delta + (nint)address)),
    };

    /// <summary>One plain write, at the sum of a distance and an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteAligned<T>(nint delta, ulong address, T value) where T : unmanaged
    {
        if (sizeof(T) == 1)
            *(byte*)(delta + (nint)address) = Unsafe.BitCast<T, byte>(value);
        else if (sizeof(T) == 2)
            *(ushort*)(delta + (nint)address) = Unsafe.BitCast<T, ushort>(value);
        else if (sizeof(T) == 4)
            *(uint*)(delta + (nint)address) = Unsafe.BitCast<T, uint>(value);
        else
            *(ulong*)(delta + (nint)address) = Unsafe.BitCast<T, ulong>(value);
    }

    /// <summary>An atomic load of the order that is asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* pointer, MemoryOrder order) where T : unmanaged
    {
        // A sequentially consistent store ends in a full fence, so the load that matches it needs no more than acquire.
        _ = order;
        return Load<T>(pointer);
    }

    /// <summary>An atomic store of the order that is asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* pointer, T value, MemoryOrder order) where T : unmanaged
    {
        Store(pointer, value);
        if (order == MemoryOrder.SequentiallyConsistent)
            Interlocked.MemoryBarrier();
    }

    /// <summary>One read that happens here: before everything that follows it, and each time it is called.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* pointer) where T : unmanaged => sizeof(T) switch
    {
        1 => Unsafe.BitCast<byte, T>(Volatile.Read(ref *pointer)),
        2 => Unsafe.BitCast<ushort, T>(Volatile.Read(ref *(ushort*)pointer)),
        4 => Unsafe.BitCast<uint, T>(Volatile.Read(ref *(uint*)pointer)),
        _ => Unsafe.BitCast<ulong, T>(Volatile.Read(ref *(ulong*)pointer)),
    };

    /// <summary>One write that happens here: after everything that precedes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* pointer, T value) where T : unmanaged
    {
        if (sizeof(T) == 1)
            Volatile.Write(ref *pointer, Unsafe.BitCast<T, byte>(value));
        else if (sizeof(T) == 2)
            Volatile.Write(ref *(ushort*)pointer, Unsafe.BitCast<T, ushort>(value));
        else if (sizeof(T) == 4)
            Volatile.Write(ref *(uint*)pointer, Unsafe.BitCast<T, uint>(value));
        else
            Volatile.Write(ref *(ulong*)pointer, Unsafe.BitCast<T, ulong>(value));
    }

    /// <summary>Reads a value of any size and alignment: at once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(byte* pointer) where T : unmanaged
        => IsCell<T>() && IsAligned<T>((ulong)pointer) ? ReadAligned<T>((nint)pointer, 0) : Unsafe.ReadUnaligned<T>(pointer);

    /// <summary>Writes a value of any size and alignment: at once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(byte* pointer, T value) where T : unmanaged
    {
        if (IsCell<T>() && IsAligned<T>((ulong)pointer))
            WriteAligned((nint)pointer, 0, value);
        else
            Unsafe.WriteUnaligned(pointer, value);
    }

    public static T Exchange<T>(byte* pointer, T value) where T : unmanaged => sizeof(T) switch
    {
        1 => Unsafe.BitCast<byte, T>(Interlocked.Exchange(ref *pointer, Unsafe.BitCast<T, byte>(value))),
        2 => Unsafe.BitCast<ushort, T>(Interlocked.Exchange(ref *(ushort*)pointer, Unsafe.BitCast<T, ushort>(value))),
        4 => Unsafe.BitCast<uint, T>(Interlocked.Exchange(ref *(uint*)pointer, Unsafe.BitCast<T, uint>(value))),
        _ => Unsafe.BitCast<ulong, T>(Interlocked.Exchange(ref *(ulong*)pointer, Unsafe.BitCast<T, ulong>(value))),
    };

    /// <summary>Stores <paramref name="value"/> if <paramref name="comparand"/> is there; returns what was there.</summary>
    public static T CompareExchange<T>(byte* pointer, T value, T comparand) where T : unmanaged => sizeof(T) switch
    {
        1 => Unsafe.BitCast<byte, T>(Interlocked.CompareExchange(
            ref *pointer, Unsafe.BitCast<T, byte>(value), Unsafe.BitCast<T, byte>(comparand))),
        2 => Unsafe.BitCast<ushort, T>(Interlocked.CompareExchange(
            ref *(ushort*)pointer, Unsafe.BitCast<T, ushort>(value), Unsafe.BitCast<T, ushort>(comparand))),
        4 => Unsafe.BitCast<uint, T>(Interlocked.CompareExchange(
            ref *(uint*)pointer, Unsafe.BitCast<T, uint>(value), Unsafe.BitCast<T, uint>(comparand))),
        _ => Unsafe.BitCast<ulong, T>(Interlocked.CompareExchange(
            ref *(ulong*)pointer, Unsafe.BitCast<T, ulong>(value), Unsafe.BitCast<T, ulong>(comparand))),
    };

    /// <summary>Whether two values have the same bytes.</summary>
    public static bool AreSame<T>(T left, T right) where T : unmanaged => sizeof(T) switch
    {
        1 => Unsafe.BitCast<T, byte>(left) == Unsafe.BitCast<T, byte>(right),
        2 => Unsafe.BitCast<T, ushort>(left) == Unsafe.BitCast<T, ushort>(right),
        4 => Unsafe.BitCast<T, uint>(left) == Unsafe.BitCast<T, uint>(right),
        _ => Unsafe.BitCast<T, ulong>(left) == Unsafe.BitCast<T, ulong>(right),
    };
}
