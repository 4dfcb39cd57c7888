using System.Runtime.InteropServices;

namespace Lodge.Machines;

/// <summary>A region as Microsoft's hypervisor takes it under Linux: <c>struct mshv_user_mem_region</c>
/// (<c>include/uapi/linux/mshv.h</c>, since Linux 6.15; the argument of <c>MSHV_SET_GUEST_MEMORY</c>), byte for byte.</summary>
/// <remarks>Ranges of one partition may overlap neither in the guest nor in the host. Writes are not logged by a flag: dirty
/// pages are asked for with an ioctl of their own.</remarks>
[StructLayout(LayoutKind.Sequential, Size = 32)]
public readonly record struct MshvSlot
{
    /// <summary>The bytes of the hypervisor's pages.</summary>
    public const ulong PageBytes = 4096;

    /// <summary>The size in bytes, a multiple of 4 KiB.</summary>
    public ulong Size { get; init; }

    /// <summary>The first guest-physical page: the address divided by 4 KiB.</summary>
    public ulong GuestPage { get; init; }

    /// <summary>The first address in this process, a multiple of 4 KiB. Whoever gives it to the hypervisor holds the region, and
    /// a reference on its mapping's <see cref="HostMapping.SafeHandle"/>, until the range is taken away.</summary>
    public ulong HostAddress { get; init; }

    /// <summary>What the guest may do. Seven reserved bytes, zero, follow.</summary>
    public MshvSlotFlags Flags { get; init; }

    /// <summary>The same range, to be taken away: the hypervisor wants all fields as they were.</summary>
    public MshvSlot Removed => this with { Flags = MshvSlotFlags.Unmap };

    /// <summary>The range for a region.</summary>
    /// <param name="region">The memory: it can be read, and start, size and place in the host are multiples of 4 KiB.</param>
    /// <exception cref="ArgumentException">The region cannot be mapped.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public static MshvSlot From(MemoryRegion region)
    {
        SlotRules.Check(region);
        return new MshvSlot
        {
            Size = region.Size,
            GuestPage = region.Start.Value / PageBytes,
            HostAddress = SlotRules.HostAddress(region),
            Flags = (SlotRules.IsWritable(region) ? MshvSlotFlags.Writable : MshvSlotFlags.None)
                | (SlotRules.IsExecutable(region) ? MshvSlotFlags.Executable : MshvSlotFlags.None),
        };
    }
}
