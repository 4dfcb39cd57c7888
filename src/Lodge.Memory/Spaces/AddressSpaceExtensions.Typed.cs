using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Lodge.Memory;

/// <summary>Everything that can be done with an address space, written once over
/// <see cref="IAddressSpace.TryGetSlice"/>.</summary>
/// <remarks>
/// <para><b>Guest's mistakes are values.</b> The <c>Try…</c> forms return false and an <see cref="AccessFault"/>, and never throw
/// for anything a guest did; the plain forms throw a <see cref="GuestMemoryException"/> with the same fault. After a success the
/// fault is <c>default</c>.</para>
/// <para><b>All or nothing, or a count.</b> Typed accesses, the <c>…Exactly</c> forms, fills and copies look at the whole range
/// before they touch its first byte: after a fault, nothing was done (unless the map itself changed meanwhile; then everything
/// below the fault's address was). Where a part is useful, <c>Read</c> and <c>Write</c> on spans do what they can and return the
/// count.</para>
/// <para><b>Concurrency.</b> Aligned reads and writes of 1, 2, 4 and 8 bytes that lie in one region are single accesses: never
/// torn, never repeated. Longer ones promise no order. Writes mark the dirty bitmaps of the regions they reach.</para>
/// </remarks>
public static partial class AddressSpaceExtensions
{
    /// <summary>Reads a value; false, and the fault, where some of its bytes cannot be read.</summary>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public static bool TryRead<T>(this IAddressSpace space, GuestAddress address, out T value, out AccessFault fault)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(space);
        PlainData.ThrowIfNot<T>();
        if (!space.TryGetSlice(address, SizeOf<T>(), MemoryAccess.Read, out GuestSlice slice, out fault))
        {
            value = default;
            return false;
        }

        if (slice.Length == SizeOf<T>())
        {
            value = slice.Read<T>(0);
            return true;
        }

        value = default;
        return space.TryReadExactly(address, Bytes(ref value), out fault);
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="GuestMemoryException">Some of its bytes cannot be read.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public static T Read<T>(this IAddressSpace space, GuestAddress address) where T : unmanaged
    {
        if (!space.TryRead(address, out T value, out AccessFault fault))
            Throw(fault);

        return value;
    }

    /// <summary>Writes a value; false, and the fault, where some of its bytes cannot be written: then none is.</summary>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public static bool TryWrite<T>(this IAddressSpace space, GuestAddress address, T value, out AccessFault fault)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(space);
        PlainData.ThrowIfNot<T>();
        if (!space.TryGetSlice(address, SizeOf<T>(), MemoryAccess.Write, out GuestSlice slice, out fault))
            return false;

        if (slice.Length == SizeOf<T>())
        {
            slice.Write(0, value);
            return true;
        }

        return space.TryWriteExactly(address, Bytes(ref value), out fault);
    }

    /// <summary>Writes a value.</summary>
    /// <exception cref="GuestMemoryException">Some of its bytes cannot be written; none is.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public static void Write<T>(this IAddressSpace space, GuestAddress address, T value) where T : unmanaged
    {
        if (!space.TryWrite(address, value, out AccessFault fault))
            Throw(fault);
    }

    private static unsafe ulong SizeOf<T>() where T : unmanaged => (ulong)sizeof(T);

    private static Span<byte> Bytes<T>(ref T value) where T : unmanaged
        => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref value, 1));

    [DoesNotReturn]
    private static void Throw(in AccessFault fault) => throw new GuestMemoryException(fault);
}
