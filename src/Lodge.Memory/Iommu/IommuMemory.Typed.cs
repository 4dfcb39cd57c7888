using System.Runtime.CompilerServices;

namespace Lodge.Memory;

// The usual access: a translation that is at hand, to memory that has a table entry. It needs no slice.
public sealed partial class IommuMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.TryRead{T}(IAddressSpace, GuestAddress, out T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryTranslate<T>(address.Value, MemoryAccess.Read, out ulong target) && _memory!.TryReadByTable(target, out value))
        {
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryRead(this, address, out value, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Read{T}(IAddressSpace, GuestAddress)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>(GuestAddress address) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        return TryTranslate<T>(address.Value, MemoryAccess.Read, out ulong target) && _memory!.TryReadByTable(target, out T value)
            ? value
            : AddressSpaceExtensions.Read<T>(this, address);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryWrite{T}(IAddressSpace, GuestAddress, T, out AccessFault)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryTranslate<T>(address.Value, MemoryAccess.Write, out ulong target) && _memory!.TryWriteByTable(target, value))
        {
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryWrite(this, address, value, out fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Write{T}(IAddressSpace, GuestAddress, T)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (!TryTranslate<T>(address.Value, MemoryAccess.Write, out ulong target) || !_memory!.TryWriteByTable(target, value))
            AddressSpaceExtensions.Write(this, address, value);
    }

    /// <summary>Where a value leads that lies in one mapping which is at hand and allows the access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTranslate<T>(ulong address, MemoryAccess access, out ulong target) where T : unmanaged
    {
        Iotlb.Entry? entry = Iotlb.FindInFront(address, out ulong available);
        if (entry is null || _memory is null || available < (ulong)Unsafe.SizeOf<T>() || (access & ~entry.Rights) != 0)
        {
            target = 0;
            return false;
        }

        target = unchecked(address + entry.Delta);
        return true;
    }
}
