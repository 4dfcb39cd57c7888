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
        if (TryFindCell<T>(address.Value, MemoryAccess.Read, out ulong target))
            return _memory!.TryRead(target, out value, out fault) || Denies(address, target, ref fault);

        return AddressSpaceExtensions.TryRead(this, address, out value, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read{T}(IAddressSpace, GuestAddress)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(GuestAddress address) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        return TryFindCell<T>(address.Value, MemoryAccess.Read, out ulong target)
            ? _memory!.TryRead(target, out T value, out AccessFault fault) ? value : ThrowAt<T>(address, target, fault)
            : AddressSpaceExtensions.Read<T>(this, address);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryFindCell<T>(address.Value, MemoryAccess.Write, out ulong target))
            return _memory!.TryWrite(target, value, out fault) || Denies(address, target, ref fault);

        return AddressSpaceExtensions.TryWrite(this, address, value, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write{T}(IAddressSpace, GuestAddress, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (!TryFindCell<T>(address.Value, MemoryAccess.Write, out ulong target))
            AddressSpaceExtensions.Write(this, address, value);
        else if (!_memory!.TryWrite(target, value, out AccessFault fault))
            ThrowAt<T>(address, target, fault);
    }

    /// <summary>Where a value leads that is aligned, and so lies in one page, if that page's translation is at hand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFindCell<T>(ulong address, MemoryAccess access, out ulong target) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() is 1 or 2 or 4 or 8 && _memory is not null
            && _cache.TryFind(address, access, (ulong)Unsafe.SizeOf<T>(), out ulong delta))
        {
            target = unchecked(address + delta);
            return true;
        }

        target = 0;
        return false;
    }

    // The guest knows the address that it used, and not the one that its tables led to.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Denies(GuestAddress address, ulong target, ref AccessFault fault)
    {
        fault = fault with { Address = address + (fault.Address.Value - target) };
        return false;
    }

    [DoesNotReturn]
    private static T ThrowAt<T>(GuestAddress address, ulong target, AccessFault fault)
    {
        Denies(address, target, ref fault);
        throw new GuestMemoryException(fault);
    }
}
