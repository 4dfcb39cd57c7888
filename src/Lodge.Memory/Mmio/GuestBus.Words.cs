using System.Numerics;

namespace Lodge.Memory;

// A processor's loads and stores, to memory or to a device: aligned, little-endian, and told what to inject.
public sealed partial class GuestBus
{
    /// <summary>Loads 8 bits from memory or from a device.</summary>
    /// <param name="address">The address.</param>
    /// <param name="value">The value, in the host's byte order; 0 after a fault.</param>
    /// <returns><see cref="FaultKind.None"/>, or what to inject into the guest.</returns>
    public FaultKind LoadU8(GuestAddress address, out byte value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.LoadU8(address, out value) : LoadFromDevice(address, out value);
    }

    /// <summary>Loads 16 bits, little-endian, from memory or from a device, at a multiple of 2.</summary>
    /// <inheritdoc cref="LoadU8(GuestAddress, out byte)"/>
    public FaultKind LoadU16(GuestAddress address, out ushort value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.LoadU16(address, out value) : LoadFromDevice(address, out value);
    }

    /// <summary>Loads 32 bits, little-endian, from memory or from a device, at a multiple of 4.</summary>
    /// <inheritdoc cref="LoadU8(GuestAddress, out byte)"/>
    public FaultKind LoadU32(GuestAddress address, out uint value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.LoadU32(address, out value) : LoadFromDevice(address, out value);
    }

    /// <summary>Loads 64 bits, little-endian, from memory or from a device, at a multiple of 8.</summary>
    /// <inheritdoc cref="LoadU8(GuestAddress, out byte)"/>
    public FaultKind LoadU64(GuestAddress address, out ulong value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.LoadU64(address, out value) : LoadFromDevice(address, out value);
    }

    /// <summary>Stores 8 bits to memory or to a device.</summary>
    /// <param name="address">The address.</param>
    /// <param name="value">The value, in the host's byte order.</param>
    /// <returns><see cref="FaultKind.None"/>, or what to inject into the guest.</returns>
    public FaultKind StoreU8(GuestAddress address, byte value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.StoreU8(address, value) : StoreToDevice(address, value);
    }

    /// <summary>Stores 16 bits, little-endian, to memory or to a device, at a multiple of 2.</summary>
    /// <inheritdoc cref="StoreU8(GuestAddress, byte)"/>
    public FaultKind StoreU16(GuestAddress address, ushort value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.StoreU16(address, value) : StoreToDevice(address, value);
    }

    /// <summary>Stores 32 bits, little-endian, to memory or to a device, at a multiple of 4.</summary>
    /// <inheritdoc cref="StoreU8(GuestAddress, byte)"/>
    public FaultKind StoreU32(GuestAddress address, uint value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.StoreU32(address, value) : StoreToDevice(address, value);
    }

    /// <summary>Stores 64 bits, little-endian, to memory or to a device, at a multiple of 8.</summary>
    /// <inheritdoc cref="StoreU8(GuestAddress, byte)"/>
    public FaultKind StoreU64(GuestAddress address, ulong value)
    {
        GuestMemory memory = _memory.Current;
        return memory.Index.Contains(address.Value) ? memory.StoreU64(address, value) : StoreToDevice(address, value);
    }

    private FaultKind LoadFromDevice<T>(GuestAddress address, out T value) where T : unmanaged, IBinaryInteger<T>
    {
        if (HostCell.IsAligned<T>(address.Value))
            return TryReadDevice(address, out value, out AccessFault fault) ? FaultKind.None : fault.Kind;

        value = default;
        return DenyUnaligned<T>(address, MemoryAccess.Read);
    }

    private FaultKind StoreToDevice<T>(GuestAddress address, T value) where T : unmanaged, IBinaryInteger<T>
    {
        if (HostCell.IsAligned<T>(address.Value))
            return TryWriteDevice(address, value, out AccessFault fault) ? FaultKind.None : fault.Kind;

        return DenyUnaligned<T>(address, MemoryAccess.Write);
    }

    private unsafe FaultKind DenyUnaligned<T>(GuestAddress address, MemoryAccess access) where T : unmanaged
        => DeniedAccesses.Found(this, new AccessFault(FaultKind.Unaligned, address, (ulong)sizeof(T), access)).Kind;
}
