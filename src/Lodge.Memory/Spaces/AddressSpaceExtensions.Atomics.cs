using System.Numerics;

namespace Lodge.Memory;

// Atomic accesses: to 1, 2, 4 or 8 bytes at a multiple of their size, each seen by the guest as one.
public static partial class AddressSpaceExtensions
{
    /// <summary>Loads a value atomically.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="value">What was there.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <param name="order">What is promised about the accesses around it.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static unsafe bool TryLoad<T>(
        this IAddressSpace space,
        GuestAddress address,
        out T value,
        out AccessFault fault,
        MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        if (!TryGetCell<T>(space, address, MemoryAccess.Read, out GuestSlice cell, out fault))
        {
            value = default;
            return false;
        }

        // In bounds: the slice has the value's size. It keeps the memory.
        value = HostCell.Load<T>(cell.Pointer, order);
        GC.KeepAlive(cell.Owner);
        return true;
    }

    /// <summary>Loads a value atomically.</summary>
    /// <inheritdoc cref="TryLoad{T}(IAddressSpace, GuestAddress, out T, out AccessFault, MemoryOrder)"/>
    /// <exception cref="GuestMemoryException">The value cannot be read there.</exception>
    public static T Load<T>(
        this IAddressSpace space, GuestAddress address, MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        if (!space.TryLoad(address, out T value, out AccessFault fault, order))
            Throw(fault);

        return value;
    }

    /// <summary>Stores a value atomically.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="value">What.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <param name="order">What is promised about the accesses around it.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static unsafe bool TryStore<T>(
        this IAddressSpace space,
        GuestAddress address,
        T value,
        out AccessFault fault,
        MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        if (!TryGetCell<T>(space, address, MemoryAccess.Write, out GuestSlice cell, out fault))
            return false;

        // In bounds: the slice has the value's size. It keeps the memory.
        HostCell.Store(cell.Pointer, value, order);
        cell.MarkDirty();
        GC.KeepAlive(cell.Owner);
        return true;
    }

    /// <summary>Stores a value atomically.</summary>
    /// <inheritdoc cref="TryStore{T}(IAddressSpace, GuestAddress, T, out AccessFault, MemoryOrder)"/>
    /// <exception cref="GuestMemoryException">The value cannot be written there.</exception>
    public static void Store<T>(
        this IAddressSpace space, GuestAddress address, T value, MemoryOrder order = MemoryOrder.SequentiallyConsistent)
        where T : unmanaged
    {
        if (!space.TryStore(address, value, out AccessFault fault, order))
            Throw(fault);
    }

    /// <summary>Puts a value in place of what is there, atomically. Sequentially consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="value">The value to put.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryExchange<T>(
        this IAddressSpace space, GuestAddress address, T value, out T previous, out AccessFault fault)
        where T : unmanaged
        => TryAtomic<T, ExchangeOperation<T>>(space, address, value, default, out previous, out fault);

    /// <summary>Puts a value in place of what is there, atomically. Sequentially consistent.</summary>
    /// <inheritdoc cref="TryExchange{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T Exchange<T>(this IAddressSpace space, GuestAddress address, T value)
        where T : unmanaged
    {
        if (!space.TryExchange(address, value, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <summary>Puts a value in place of what is there if that has the bytes of another value, atomically. Sequentially
    /// consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="value">The value to put.</param>
    /// <param name="comparand">What has to be there for the value to be put.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryCompareExchange<T>(
        this IAddressSpace space, GuestAddress address, T value, T comparand, out T previous, out AccessFault fault)
        where T : unmanaged
        => TryAtomic<T, CompareExchangeOperation<T>>(space, address, value, comparand, out previous, out fault);

    /// <summary>Puts a value in place of what is there if that has the bytes of another value, atomically. Sequentially
    /// consistent.</summary>
    /// <inheritdoc cref="TryCompareExchange{T}(IAddressSpace, GuestAddress, T, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T CompareExchange<T>(this IAddressSpace space, GuestAddress address, T value, T comparand)
        where T : unmanaged
    {
        if (!space.TryCompareExchange(address, value, comparand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <summary>Adds to what is there, wrapping, atomically. Sequentially consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryFetchAdd<T>(
        this IAddressSpace space, GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Add<T>>>(space, address, operand, default, out previous, out fault);

    /// <summary>Adds to what is there, wrapping, atomically. Sequentially consistent.</summary>
    /// <inheritdoc cref="TryFetchAdd{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T FetchAdd<T>(this IAddressSpace space, GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!space.TryFetchAdd(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <summary>Ands what is there, atomically. Sequentially consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryFetchAnd<T>(
        this IAddressSpace space, GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, And<T>>>(space, address, operand, default, out previous, out fault);

    /// <summary>Ands what is there, atomically. Sequentially consistent.</summary>
    /// <inheritdoc cref="TryFetchAnd{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T FetchAnd<T>(this IAddressSpace space, GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!space.TryFetchAnd(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <summary>Ors what is there, atomically. Sequentially consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryFetchOr<T>(
        this IAddressSpace space, GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Or<T>>>(space, address, operand, default, out previous, out fault);

    /// <summary>Ors what is there, atomically. Sequentially consistent.</summary>
    /// <inheritdoc cref="TryFetchOr{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T FetchOr<T>(this IAddressSpace space, GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!space.TryFetchOr(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    /// <summary>Exclusive-ors what is there, atomically. Sequentially consistent.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">Where: a multiple of the value's size.</param>
    /// <param name="operand">The operand.</param>
    /// <param name="previous">What was there before.</param>
    /// <param name="fault">What was wrong; <see cref="FaultKind.Unaligned"/> among others.</param>
    /// <exception cref="NotSupportedException">The type is not plain data of 1, 2, 4 or 8 bytes.</exception>
    public static bool TryFetchXor<T>(
        this IAddressSpace space, GuestAddress address, T operand, out T previous, out AccessFault fault)
        where T : unmanaged, IBinaryInteger<T>
        => TryAtomic<T, FetchOperation<T, Xor<T>>>(space, address, operand, default, out previous, out fault);

    /// <summary>Exclusive-ors what is there, atomically. Sequentially consistent.</summary>
    /// <inheritdoc cref="TryFetchXor{T}(IAddressSpace, GuestAddress, T, out T, out AccessFault)"/>
    /// <returns>What was there before.</returns>
    /// <exception cref="GuestMemoryException">The value cannot be read and written there.</exception>
    public static T FetchXor<T>(this IAddressSpace space, GuestAddress address, T operand)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (!space.TryFetchXor(address, operand, out T previous, out AccessFault fault))
            Throw(fault);

        return previous;
    }

    internal static unsafe bool TryAtomic<T, TOperation>(
        IAddressSpace space, GuestAddress address, T operand, T comparand, out T previous, out AccessFault fault)
        where T : unmanaged
        where TOperation : struct, IAtomicOperation<T>
    {
        if (!TryGetCell<T>(space, address, MemoryAccess.ReadWrite, out GuestSlice cell, out fault))
        {
            previous = default;
            return false;
        }

        // In bounds: the slice has the value's size. It keeps the memory.
        if (TOperation.Apply(cell.Pointer, operand, comparand, out previous))
            cell.MarkDirty();

        GC.KeepAlive(cell.Owner);
        return true;
    }

    /// <summary>A slice of exactly the value's size, aligned for an atomic access.</summary>
    internal static unsafe bool TryGetCell<T>(
        IAddressSpace space, GuestAddress address, MemoryAccess access, out GuestSlice cell, out AccessFault fault)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(space);
        PlainData.ThrowIfNot<T>();
        if (!HostCell.IsCell<T>())
            throw new NotSupportedException($"{typeof(T).Name} has {sizeof(T)} bytes, and an atomic access has 1, 2, 4 or 8.");

        cell = default;
        if (!HostCell.IsAligned<T>(address.Value))
        {
            fault = DeniedAccesses.Found(space, new AccessFault(FaultKind.Unaligned, address, SizeOf<T>(), access));
            return false;
        }

        if (!GuestSlices.TryGetSlice(space, address, SizeOf<T>(), access, out cell, out fault))
            return false;

        if (cell.Length == SizeOf<T>() && HostCell.IsAligned<T>((ulong)cell.Pointer))
            return true;

        // Regions of odd sizes meet inside the value, or a space of somebody's own moved it off its alignment.
        fault = DeniedAccesses.Found(space, new AccessFault(FaultKind.Straddles, address, SizeOf<T>(), access));
        return false;
    }
}
