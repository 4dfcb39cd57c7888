using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Lodge.Paging;

// The usual access: an aligned value in a page whose translation is at hand, over physical memory. It needs no slice.
public sealed partial class PagedMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.TryRead{T}(IAddressSpace, GuestAddress, out T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        GuestMemory? memory = _memory;
        if (memory is not null && TryFindCell<T>(address.Value, MemoryAccess.Read, out ulong target))
        {
            if (memory.TryRead(target, out value, out fault))
                return true;

            fault = At(address, target, fault);
            return false;
        }

        // Locals of their own: the caller's would be kept in memory, for a way that is rarely taken.
        bool isThere = TryReadSlow(address, out T slowValue, out AccessFault slowFault);
        value = slowValue;
        fault = slowFault;
        return isThere;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read{T}(IAddressSpace, GuestAddress)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(GuestAddress address) where T : unmanaged
    {
        // Not by way of TryRead: a fault that is handed on would be written on every call.
        PlainData.ThrowIfNot<T>();
        GuestMemory? memory = _memory;
        return memory is not null && TryFindCell<T>(address.Value, MemoryAccess.Read, out ulong target)
            ? memory.TryRead(target, out T value, out AccessFault fault) ? value : ThrowAt<T>(address, target, fault)
            : ReadSlow<T>(address);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        GuestMemory? memory = _memory;
        if (memory is not null && TryFindCell<T>(address.Value, MemoryAccess.Write, out ulong target))
        {
            if (memory.TryWrite(target, value, out fault))
                return true;

            fault = At(address, target, fault);
            return false;
        }

        bool isThere = TryWriteSlow(address, value, out AccessFault slowFault);
        fault = slowFault;
        return isThere;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write{T}(IAddressSpace, GuestAddress, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        GuestMemory? memory = _memory;
        if (memory is null || !TryFindCell<T>(address.Value, MemoryAccess.Write, out ulong target))
            WriteSlow(address, value);
        else if (!memory.TryWrite(target, value, out AccessFault fault))
            ThrowAt<T>(address, target, fault);
    }

    /// <summary>Where a value leads that is aligned, and so lies in one page, if that page's translation is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFindCell<T>(ulong address, MemoryAccess access, out ulong target) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() is 1 or 2 or 4 or 8
            && _cache.TryFind(address, access, (ulong)Unsafe.SizeOf<T>(), out ulong delta))
        {
            target = unchecked(address + delta);
            return true;
        }

        target = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T ReadSlow<T>(GuestAddress address) where T : unmanaged
        => TryReadSlow(address, out T value, out AccessFault fault) ? value : throw new GuestMemoryException(fault);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteSlow<T>(GuestAddress address, T value) where T : unmanaged
    {
        if (!TryWriteSlow(address, value, out AccessFault fault))
            throw new GuestMemoryException(fault);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadSlow<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        value = default;
        if (!TryFindInPage<T>(address, MemoryAccess.Read, out GuestMemory? memory, out ulong target, out fault))
            return fault.Kind == FaultKind.None && AddressSpaceExtensions.TryRead(this, address, out value, out fault);

        if (memory.TryRead(target, out value, out fault))
            return true;

        fault = At(address, target, fault);
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryWriteSlow<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        if (!TryFindInPage<T>(address, MemoryAccess.Write, out GuestMemory? memory, out ulong target, out fault))
            return fault.Kind == FaultKind.None && AddressSpaceExtensions.TryWrite(this, address, value, out fault);

        if (memory.TryWrite(target, value, out fault))
            return true;

        fault = At(address, target, fault);
        return false;
    }

    /// <summary>Where a value leads that lies in one page of physical memory; false with no fault where it does not.</summary>
    private bool TryFindInPage<T>(
        GuestAddress address,
        MemoryAccess access,
        [NotNullWhen(true)] out GuestMemory? memory,
        out ulong target,
        out AccessFault fault)
        where T : unmanaged
    {
        memory = _memory;
        target = 0;
        fault = default;
        ulong size = (ulong)Unsafe.SizeOf<T>();
        ulong rest = SmallestPage - (address.Value & (SmallestPage - 1));
        if (memory is null || size > rest || !TryFind(address, size, access, out ulong delta, out _, out fault))
            return false;

        target = unchecked(address.Value + delta);
        return true;
    }

    // The guest knows the address that it used, and not the one that its tables led to.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AccessFault At(GuestAddress address, ulong target, AccessFault fault)
        => fault with { Address = address + (fault.Address.Value - target) };

    [DoesNotReturn]
    private static T ThrowAt<T>(GuestAddress address, ulong target, AccessFault fault)
        => throw new GuestMemoryException(At(address, target, fault));
}
