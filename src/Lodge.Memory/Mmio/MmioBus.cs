using System.Diagnostics.CodeAnalysis;

namespace Lodge.Memory;

/// <summary>The addresses that are devices and not memory.</summary>
/// <remarks>Lookups take no lock; devices can be added and removed while others use the bus. A device that is removed may still
/// be called by an access that began earlier. Thread-safe.</remarks>
public sealed class MmioBus
{
    private readonly Lock _lock = new();
    private Slot[] _slots = [];

    /// <summary>Registers a device.</summary>
    /// <param name="range">Its addresses. Not empty.</param>
    /// <param name="device">The device.</param>
    /// <param name="sizes">The sizes of access that it takes; others are faults.</param>
    /// <param name="allowUnaligned">Whether it takes accesses that are no multiple of their size from its start.</param>
    /// <exception cref="ArgumentException">The range is empty or overlaps another device's.</exception>
    public void Add(GuestRange range, IMmioDevice device, MmioAccessSizes sizes = MmioAccessSizes.Any, bool allowUnaligned = false)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (range.IsEmpty)
            throw new ArgumentException("A device has at least one address.", nameof(range));

        lock (_lock)
        {
            int index = 0;
            foreach (Slot slot in _slots)
            {
                if (slot.Range.Overlaps(range))
                    throw new ArgumentException($"{range} overlaps the device at {slot.Range}.", nameof(range));

                if (slot.Range.Start < range.Start)
                    index++;
            }

            var added = new Slot(range, device, sizes, allowUnaligned);
            Volatile.Write(ref _slots, [.. _slots.AsSpan(0, index), added, .. _slots.AsSpan(index)]);
        }
    }

    /// <summary>Removes the device that starts at an address; false where none does.</summary>
    public bool Remove(GuestAddress start)
    {
        lock (_lock)
        {
            int index = Array.FindIndex(_slots, slot => slot.Range.Start == start);
            if (index >= 0)
                Volatile.Write(ref _slots, [.. _slots.AsSpan(0, index), .. _slots.AsSpan(index + 1)]);

            return index >= 0;
        }
    }

    /// <summary>Whether a device has a byte of a range.</summary>
    public bool Overlaps(GuestRange range)
    {
        Slot[] slots = Volatile.Read(ref _slots);
        foreach (Slot slot in slots)
        {
            if (slot.Range.Overlaps(range))
                return true;
        }

        return false;
    }

    /// <summary>Whether an address is a device's.</summary>
    public bool Contains(GuestAddress address) => Find(address) is not null;

    /// <summary>Reads from the device at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">What the device answered, cut to the size.</param>
    /// <param name="fault">Nobody there (<see cref="FaultKind.Unmapped"/>), over the device's end
    /// (<see cref="FaultKind.Straddles"/>),
    /// or not in the device's sizes (<see cref="FaultKind.Permission"/>) or alignment
    /// (<see cref="FaultKind.Unaligned"/>).</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not 1, 2, 4 or 8.</exception>
    public bool TryRead(GuestAddress address, int size, out ulong value, out AccessFault fault)
    {
        if (!TryFind(address, size, MemoryAccess.Read, out Slot? slot, out fault))
        {
            value = 0;
            return false;
        }

        value = Cut(slot.Device.Read(address - slot.Range.Start, size), size);
        return true;
    }

    /// <summary>Writes to the device at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="size">1, 2, 4 or 8 bytes.</param>
    /// <param name="value">The value; what is above the size is dropped.</param>
    /// <param name="fault">As for <see cref="TryRead"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not 1, 2, 4 or 8.</exception>
    public bool TryWrite(GuestAddress address, int size, ulong value, out AccessFault fault)
    {
        if (!TryFind(address, size, MemoryAccess.Write, out Slot? slot, out fault))
            return false;

        slot.Device.Write(address - slot.Range.Start, size, Cut(value, size));
        return true;
    }

    private static ulong Cut(ulong value, int size) => value & (ulong.MaxValue >> (64 - (8 * size)));

    private bool TryFind(
        GuestAddress address,
        int size,
        MemoryAccess access,
        [NotNullWhen(true)] out Slot? slot,
        out AccessFault fault)
    {
        if (size is not (1 or 2 or 4 or 8))
            throw new ArgumentOutOfRangeException(nameof(size), size, "A device is accessed by 1, 2, 4 or 8 bytes.");

        slot = Find(address);
        FaultKind kind = slot is null ? FaultKind.Unmapped : slot.Check(address, size);
        fault = kind == FaultKind.None ? default : DeniedAccesses.Found(this, new AccessFault(kind, address, (ulong)size, access));
        return kind == FaultKind.None;
    }

    private Slot? Find(GuestAddress address)
    {
        Slot[] slots = Volatile.Read(ref _slots);
        int low = 0;
        int high = slots.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (slots[middle].Range.Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && slots[low - 1].Range.Contains(address) ? slots[low - 1] : null;
    }

    private sealed record Slot(GuestRange Range, IMmioDevice Device, MmioAccessSizes Sizes, bool AllowUnaligned)
    {
        public FaultKind Check(GuestAddress address, int size)
        {
            ulong offset = address - Range.Start;
            if ((ulong)size > Range.Length - offset)
                return FaultKind.Straddles;

            if (((int)Sizes & size) == 0)
                return FaultKind.Permission;

            return AllowUnaligned || (offset & ((ulong)size - 1)) == 0 ? FaultKind.None : FaultKind.Unaligned;
        }
    }
}
