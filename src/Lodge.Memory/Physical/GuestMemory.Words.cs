using System.Runtime.CompilerServices;

namespace Lodge.Memory;

public sealed unsafe partial class GuestMemory
{
    /// <inheritdoc cref="AddressSpaceExtensions.LoadU8(IAddressSpace, GuestAddress, out byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind LoadU8(GuestAddress address, out byte value) => LoadWord(address, out value);

    /// <inheritdoc cref="AddressSpaceExtensions.LoadU16(IAddressSpace, GuestAddress, out ushort)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind LoadU16(GuestAddress address, out ushort value)
    {
        FaultKind kind = LoadWord(address, out LittleEndian<ushort> word);
        value = word;
        return kind;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.LoadU32(IAddressSpace, GuestAddress, out uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind LoadU32(GuestAddress address, out uint value)
    {
        FaultKind kind = LoadWord(address, out LittleEndian<uint> word);
        value = word;
        return kind;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.LoadU64(IAddressSpace, GuestAddress, out ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind LoadU64(GuestAddress address, out ulong value)
    {
        FaultKind kind = LoadWord(address, out LittleEndian<ulong> word);
        value = word;
        return kind;
    }

    /// <inheritdoc cref="AddressSpaceExtensions.StoreU8(IAddressSpace, GuestAddress, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind StoreU8(GuestAddress address, byte value) => StoreWord(address, value);

    /// <inheritdoc cref="AddressSpaceExtensions.StoreU16(IAddressSpace, GuestAddress, ushort)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind StoreU16(GuestAddress address, ushort value) => StoreWord(address, new LittleEndian<ushort>(value));

    /// <inheritdoc cref="AddressSpaceExtensions.StoreU32(IAddressSpace, GuestAddress, uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind StoreU32(GuestAddress address, uint value) => StoreWord(address, new LittleEndian<uint>(value));

    /// <inheritdoc cref="AddressSpaceExtensions.StoreU64(IAddressSpace, GuestAddress, ulong)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FaultKind StoreU64(GuestAddress address, ulong value) => StoreWord(address, new LittleEndian<ulong>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FaultKind LoadWord<T>(GuestAddress address, out T value) where T : unmanaged
    {
        if (TryGetCell<T>(_readable, address.Value, out nint entry, out _))
        {
            value = HostCell.Load<T>((byte*)(entry + (nint)address.Value));
            GC.KeepAlive(this);
            return FaultKind.None;
        }

        return LoadWordSlow(address, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FaultKind StoreWord<T>(GuestAddress address, T value) where T : unmanaged
    {
        if (TryGetCell<T>(_writable, address.Value, out nint entry, out _))
        {
            HostCell.Store((byte*)(entry + (nint)address.Value), value);
            GC.KeepAlive(this);
            return FaultKind.None;
        }

        return StoreWordSlow(address, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FaultKind LoadWordSlow<T>(GuestAddress address, out T value) where T : unmanaged
        => AddressSpaceExtensions.TryLoad(this, address, out value, out AccessFault fault, MemoryOrder.Relaxed)
            ? FaultKind.None
            : fault.Kind;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private FaultKind StoreWordSlow<T>(GuestAddress address, T value) where T : unmanaged
        => AddressSpaceExtensions.TryStore(this, address, value, out AccessFault fault, MemoryOrder.Relaxed)
            ? FaultKind.None
            : fault.Kind;
}
