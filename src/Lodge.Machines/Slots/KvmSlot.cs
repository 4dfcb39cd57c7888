using System.Runtime.InteropServices;

namespace Lodge.Machines;

/// <summary>A region as KVM takes it: <c>struct kvm_userspace_memory_region</c> of Linux (<c>include/uapi/linux/kvm.h</c>; the
/// argument of <c>KVM_SET_USER_MEMORY_REGION</c>), byte for byte.</summary>
/// <remarks>KVM's slots know no right to execute: what the guest may read it may execute. A region whose memory the host cannot
/// write, or that the guest may not, is a read-only slot.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct KvmSlot
{
    /// <summary>The slot's number; with an address space in bits 31:16 where there are several.</summary>
    public uint Number { get; init; }

    /// <summary>What KVM does with it.</summary>
    public KvmSlotFlags Flags { get; init; }

    /// <summary>The first guest-physical address, a multiple of 4 KiB.</summary>
    public ulong GuestAddress { get; init; }

    /// <summary>The size in bytes, a multiple of 4 KiB; 0 takes the slot away.</summary>
    public ulong Size { get; init; }

    /// <summary>The first address in this process, a multiple of 4 KiB. Whoever gives it to KVM holds the region, and a reference
    /// on its mapping's <see cref="HostMapping.SafeHandle"/>, until the slot is taken away.</summary>
    public ulong HostAddress { get; init; }

    /// <summary>The same slot without memory: takes it away.</summary>
    public KvmSlot Removed => this with { Size = 0, Flags = KvmSlotFlags.None };

    /// <summary>The slot for a region.</summary>
    /// <param name="region">The memory: it can be read, and start, size and place in the host are multiples of 4 KiB.</param>
    /// <param name="number">The slot's number.</param>
    /// <param name="logDirty">Whether the guest's writes are logged.</param>
    /// <exception cref="ArgumentException">The region cannot be a slot.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public static KvmSlot From(MemoryRegion region, int number, bool logDirty = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        SlotRules.Check(region);
        return Of(region, number, logDirty);
    }

    /// <summary>A machine's slot, whose region may have been disposed of since.</summary>
    internal static KvmSlot Of(MemorySlot slot, bool logDirty) => Of(slot.Region, slot.Number, logDirty);

    private static KvmSlot Of(MemoryRegion region, int number, bool logDirty) => new()
    {
        Number = (uint)number,
        Flags = (SlotRules.IsWritable(region) ? KvmSlotFlags.None : KvmSlotFlags.ReadOnly)
            | (logDirty ? KvmSlotFlags.LogDirtyPages : KvmSlotFlags.None),
        GuestAddress = region.Start.Value,
        Size = region.Size,
        HostAddress = SlotRules.HostAddress(region),
    };
}
