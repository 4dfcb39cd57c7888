namespace Lodge.Memory;

// What an emulated processor's loads and stores are: aligned, little-endian, and told what to inject.
public static partial class AddressSpaceExtensions
{
    /// <summary>Loads 8 bits.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The address.</param>
    /// <param name="value">The value, in the host's byte order; 0 after a fault.</param>
    /// <returns><see cref="FaultKind.None"/>, or what to inject into the guest.</returns>
    public static FaultKind LoadU8(this IAddressSpace space, GuestAddress address, out byte value)
        => LoadWord(space, address, out value);

    /// <summary>Loads 16 bits, little-endian, from a multiple of 2.</summary>
    /// <inheritdoc cref="LoadU8(IAddressSpace, GuestAddress, out byte)"/>
    public static FaultKind LoadU16(this IAddressSpace space, GuestAddress address, out ushort value)
    {
        FaultKind kind = LoadWord(space, address, out LittleEndian<ushort> word);
        value = word;
        return kind;
    }

    /// <summary>Loads 32 bits, little-endian, from a multiple of 4.</summary>
    /// <inheritdoc cref="LoadU8(IAddressSpace, GuestAddress, out byte)"/>
    public static FaultKind LoadU32(this IAddressSpace space, GuestAddress address, out uint value)
    {
        FaultKind kind = LoadWord(space, address, out LittleEndian<uint> word);
        value = word;
        return kind;
    }

    /// <summary>Loads 64 bits, little-endian, from a multiple of 8.</summary>
    /// <inheritdoc cref="LoadU8(IAddressSpace, GuestAddress, out byte)"/>
    public static FaultKind LoadU64(this IAddressSpace space, GuestAddress address, out ulong value)
    {
        FaultKind kind = LoadWord(space, address, out LittleEndian<ulong> word);
        value = word;
        return kind;
    }

    /// <summary>Stores 8 bits.</summary>
    /// <param name="space">The space.</param>
    /// <param name="address">The address.</param>
    /// <param name="value">The value, in the host's byte order.</param>
    /// <returns><see cref="FaultKind.None"/>, or what to inject into the guest.</returns>
    public static FaultKind StoreU8(this IAddressSpace space, GuestAddress address, byte value)
        => StoreWord(space, address, value);

    /// <summary>Stores 16 bits, little-endian, to a multiple of 2.</summary>
    /// <inheritdoc cref="StoreU8(IAddressSpace, GuestAddress, byte)"/>
    public static FaultKind StoreU16(this IAddressSpace space, GuestAddress address, ushort value)
        => StoreWord(space, address, new LittleEndian<ushort>(value));

    /// <summary>Stores 32 bits, little-endian, to a multiple of 4.</summary>
    /// <inheritdoc cref="StoreU8(IAddressSpace, GuestAddress, byte)"/>
    public static FaultKind StoreU32(this IAddressSpace space, GuestAddress address, uint value)
        => StoreWord(space, address, new LittleEndian<uint>(value));

    /// <summary>Stores 64 bits, little-endian, to a multiple of 8.</summary>
    /// <inheritdoc cref="StoreU8(IAddressSpace, GuestAddress, byte)"/>
    public static FaultKind StoreU64(this IAddressSpace space, GuestAddress address, ulong value)
        => StoreWord(space, address, new LittleEndian<ulong>(value));

    private static FaultKind LoadWord<T>(IAddressSpace space, GuestAddress address, out T value) where T : unmanaged
        => space.TryLoad(address, out value, out AccessFault fault, MemoryOrder.Relaxed) ? FaultKind.None : fault.Kind;

    private static FaultKind StoreWord<T>(IAddressSpace space, GuestAddress address, T value) where T : unmanaged
        => space.TryStore(address, value, out AccessFault fault, MemoryOrder.Relaxed) ? FaultKind.None : fault.Kind;
}
