using System.Runtime.CompilerServices;

namespace Lodge.Memory;

/// <summary>Memory and devices behind one read and one write: what an emulated processor sees.</summary>
/// <remarks>
/// <para>Memory comes first and costs one lookup. What memory does not have goes to the <see cref="MmioBus"/>; what nobody has is
/// a fault. An access lies in memory or in one device: one that begins in memory and ends in a device, or the other way round, is
/// a <see cref="FaultKind.Straddles"/> fault.</para>
/// <para>As an address space it is the memory: slices of devices do not exist, and asking for one is a
/// <see cref="FaultKind.Device"/> fault. Thread-safe.</para>
/// </remarks>
public sealed partial class GuestBus : IAddressSpace, IAudited
{
    private readonly LiveGuestMemory _memory;

    AccessAuditor? IAudited.Auditor => ((IAudited)Memory).Auditor;

    /// <summary>A bus over memory that changes while it is used.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="devices">The devices; the bus's own, with none on it, by default.</param>
    /// <exception cref="ArgumentException">A device has the address of a region.</exception>
    public GuestBus(LiveGuestMemory memory, MmioBus? devices = null)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _memory = memory;
        Devices = devices ?? new MmioBus();
        foreach (MemoryRegion region in memory.Current.Regions)
        {
            if (Devices.Overlaps(region.Range))
                throw new ArgumentException($"A device has addresses of the region {region}.", nameof(devices));
        }
    }

    /// <summary>A bus over memory that stays as it is.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="devices">The devices; the bus's own, with none on it, by default.</param>
    /// <exception cref="ArgumentException">A device has the address of a region.</exception>
    public GuestBus(GuestMemory memory, MmioBus? devices = null)
        : this(new LiveGuestMemory(memory), devices)
    {
    }

    /// <summary>The memory of this moment.</summary>
    public GuestMemory Memory => _memory.Current;

    /// <summary>The devices.</summary>
    public MmioBus Devices { get; }

    /// <summary>Registers a device.</summary>
    /// <inheritdoc cref="MmioBus.Add"/>
    /// <exception cref="ArgumentException">The range is empty or overlaps a device or a region of memory.</exception>
    public void Add(GuestRange range, IMmioDevice device, MmioAccessSizes sizes = MmioAccessSizes.Any, bool allowUnaligned = false)
    {
        foreach (MemoryRegion region in Memory.Regions)
        {
            if (region.Range.Overlaps(range))
                throw new ArgumentException($"{range} overlaps the region {region}.", nameof(range));
        }

        Devices.Add(range, device, sizes, allowUnaligned);
    }

    /// <summary>Reads a value from memory, or from a device in little-endian order.</summary>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public bool TryRead<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        GuestMemory memory = _memory.Current;
        if (!memory.Index.Contains(address.Value))
            return TryReadDevice(address, out value, out fault);

        return memory.TryRead(address, out value, out fault) || Explain(address, Unsafe.SizeOf<T>(), ref fault);
    }

    /// <summary>Reads a value from memory, or from a device in little-endian order.</summary>
    /// <exception cref="GuestMemoryException">The value cannot be read there.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public T Read<T>(GuestAddress address) where T : unmanaged
        => TryRead(address, out T value, out AccessFault fault) ? value : throw new GuestMemoryException(fault);

    /// <summary>Writes a value to memory, or to a device in little-endian order.</summary>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public bool TryWrite<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        GuestMemory memory = _memory.Current;
        if (!memory.Index.Contains(address.Value))
            return TryWriteDevice(address, value, out fault);

        return memory.TryWrite(address, value, out fault) || Explain(address, Unsafe.SizeOf<T>(), ref fault);
    }

    /// <summary>Writes a value to memory, or to a device in little-endian order.</summary>
    /// <exception cref="GuestMemoryException">The value cannot be written there.</exception>
    /// <exception cref="NotSupportedException">The type is not plain data (<see cref="PlainData"/>).</exception>
    public void Write<T>(GuestAddress address, T value) where T : unmanaged
    {
        if (!TryWrite(address, value, out AccessFault fault))
            throw new GuestMemoryException(fault);
    }

    /// <inheritdoc/>
    public bool TryGetSlice(GuestAddress address, ulong length, MemoryAccess access, out GuestSlice slice, out AccessFault fault)
    {
        GuestMemory memory = _memory.Current;
        if (length != 0 && !memory.Index.Contains(address.Value) && Devices.Contains(address))
        {
            slice = default;
            fault = new AccessFault(FaultKind.Device, address, length, access);
            return false;
        }

        return memory.TryGetSlice(address, length, access, out slice, out fault);
    }

    // A value that begins in memory and goes on where there is none may end in a device.
    private bool Explain(GuestAddress address, int size, ref AccessFault fault)
    {
        if (fault.Kind == FaultKind.Unmapped && Devices.Contains(fault.Address))
            fault = new AccessFault(FaultKind.Straddles, address, (ulong)size, fault.Access);

        return false;
    }

    private bool TryReadDevice<T>(GuestAddress address, out T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        value = default;
        if (!IsDeviceSize<T>(address, MemoryAccess.Read, out fault)
            || !Devices.TryRead(address, Unsafe.SizeOf<T>(), out ulong bits, out fault))
        {
            return false;
        }

        value = FromBits<T>(bits);
        return true;
    }

    private bool TryWriteDevice<T>(GuestAddress address, T value, out AccessFault fault) where T : unmanaged
    {
        PlainData.ThrowIfNot<T>();
        return IsDeviceSize<T>(address, MemoryAccess.Write, out fault)
            && Devices.TryWrite(address, Unsafe.SizeOf<T>(), ToBits(value), out fault);
    }

    private bool IsDeviceSize<T>(GuestAddress address, MemoryAccess access, out AccessFault fault) where T : unmanaged
    {
        fault = default;
        if (HostCell.IsCell<T>())
            return true;

        FaultKind kind = Devices.Contains(address) ? FaultKind.Straddles : FaultKind.Unmapped;
        fault = DeniedAccesses.Found(this, new AccessFault(kind, address, (ulong)Unsafe.SizeOf<T>(), access));
        return false;
    }

    private static T FromBits<T>(ulong bits) where T : unmanaged => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.BitCast<byte, T>((byte)bits),
        2 => Unsafe.BitCast<ushort, T>((ushort)bits),
        4 => Unsafe.BitCast<uint, T>((uint)bits),
        _ => Unsafe.BitCast<ulong, T>(bits),
    };

    private static ulong ToBits<T>(T value) where T : unmanaged => Unsafe.SizeOf<T>() switch
    {
        1 => Unsafe.BitCast<T, byte>(value),
        2 => Unsafe.BitCast<T, ushort>(value),
        4 => Unsafe.BitCast<T, uint>(value),
        _ => Unsafe.BitCast<T, ulong>(value),
    };
}
