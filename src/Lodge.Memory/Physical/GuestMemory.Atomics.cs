using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lodge.Memory;

public sealed unsafe partial class GuestMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.TryLoad{T}(IAddressSpace, GuestAddress, out T, out AccessFault, MemoryOrder)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLoad<T>(
        GuestAddress address, out T value, out AccessFault fault, MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_readable, address.Value, out nint entry, out _))
        {
            value = HostCell.Load<T>((byte*)(entry + (nint)address.Value), order);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryLoad(this, address, out value, out fault, order);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Load{T}(IAddressSpace, GuestAddress, MemoryOrder)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Load<T>(GuestAddress address, MemoryOrder order = MemoryOrder.SequentiallyConsistent) where T : unmanaged
    {
        if (!TryLoad(address, out T value, out AccessFault fault, order))
            Throw(fault);

        return value;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryStore{T}(IAddressSpace, GuestAddress, T, out AccessFault, MemoryOrder)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryStore<T>(
        GuestAddress address, T value, out AccessFault fault, MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        if (TryGetCell<T>(_writable, address.Value, out nint entry, out _))
        {
            HostCell.Store((byte*)(entry + (nint)address.Value), value, order);
            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryStore(this, address, value, out fault, order);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.Store{T}(IAddressSpace, GuestAddress, T, MemoryOrder)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(GuestAddress address, T value, MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        if (!TryStore(address, value, out AccessFault fault, order))
            Throw(fault);
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryExchange{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    public bool TryExchange<T>(GuestAddress address, T value, out T previous, out AccessFault fault)
        where T : unmanaged
        => TryAtomic<T, ExchangeOperation<T>>(address, value, default, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.Exchange{T}(IAddressSpace, GuestAddress, T)"/>
    public T Exchange<T>(GuestAddress address, T value)
        where T : unmanaged
    {
        if (!TryExchange(address, value, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryCompareExchange{T}(IAddressSpace, GuestAddress, T, T, out T, out AccessFault)"/>
    public bool TryCompareExchange<T>(GuestAddress address, T value, T comparand, out T previous, out AccessFault fault)
        where T : unmanaged
        => TryAtomic<T, CompareExchangeOperation<T>>(address, value, comparand, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.CompareExchange{T}(IAddressSpace, GuestAddress, T, T)"/>
    public T CompareExchange<T>(GuestAddress address, T value, T comparand)
        where T : unmanaged
    {
        if (!TryCompareExchange(address, value, comparand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryFetchAdd{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    public bool TryFetchAdd<T>(GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Add<T>>>(address, operand, default, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.FetchAdd{T}(IAddressSpace, GuestAddress, T)"/>
    public T FetchAdd<T>(GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryFetchAdd(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryFetchAnd{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    public bool TryFetchAnd<T>(GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, And<T>>>(address, operand, default, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.FetchAnd{T}(IAddressSpace, GuestAddress, T)"/>
    public T FetchAnd<T>(GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryFetchAnd(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryFetchOr{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    public bool TryFetchOr<T>(GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Or<T>>>(address, operand, default, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.FetchOr{T}(IAddressSpace, GuestAddress, T)"/>
    public T FetchOr<T>(GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryFetchOr(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.TryFetchXor{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    public bool TryFetchXor<T>(GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Xor<T>>>(address, operand, default, out previous, out fault);

    /// <inheritdoc cref="AddressSpaceExtensions.FetchXor{T}(IAddressSpace, GuestAddress, T)"/>
    public T FetchXor<T>(GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!TryFetchXor(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    private bool TryAtomic<T, TOperation>(
        GuestAddress address, T operand, T comparand, out T previous, out AccessFault fault)
        where T : unmanaged
        where TOperation : struct, IAtomicOperation<T>
    {
        PlainData.ThrowIfNot<T>();
        if (HostCell.IsCell<T>() && HostCell.IsAligned<T>(address.Value)
            && Find<T>(address.Value, MemoryAccess.ReadWrite, out byte* pointer, out int number) == FaultKind.None)
        {
            ref readonly RegionEntry entry = ref _entries[number];
            if (TOperation.Apply(pointer, operand, comparand, out previous) && entry.Dirty is not null)
                entry.MarkDirty(address.Value, (ulong)sizeof(T));

            GC.KeepAlive(this);
            fault = default;
            return true;
        }

        return AddressSpaceExtensions.TryAtomic<T, TOperation>(this, address, operand, comparand, out previous, out fault);
    }
}
