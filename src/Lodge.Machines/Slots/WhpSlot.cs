namespace Lodge.Machines;

/// <summary>A region as the Windows Hypervisor Platform takes it: the arguments of <c>WHvMapGpaRange</c> behind the partition
/// (<c>WinHvPlatform.h</c> of the Windows SDK), in their order. <c>WHvUnmapGpaRange</c> takes address and size.</summary>
public readonly record struct WhpSlot
{
    /// <summary>The first address in this process (<c>SourceAddress</c>), a multiple of 4 KiB. Whoever gives it to the hypervisor
    /// holds the region, and a reference on its mapping's <see cref="HostMapping.SafeHandle"/>, until the range is taken
    /// away.</summary>
    public nint HostAddress { get; init; }

    /// <summary>The first guest-physical address (<c>GuestAddress</c>), a multiple of 4 KiB.</summary>
    public ulong GuestAddress { get; init; }

    /// <summary>The size in bytes (<c>SizeInBytes</c>), a multiple of 4 KiB.</summary>
    public ulong Size { get; init; }

    /// <summary>What the guest may do.</summary>
    public WhpSlotFlags Flags { get; init; }

    /// <summary>The range for a region.</summary>
    /// <param name="region">The memory: it can be read, and start, size and place in the host are multiples of 4 KiB.</param>
    /// <param name="logDirty">Whether the guest's writes are logged.</param>
    /// <exception cref="ArgumentException">The region cannot be mapped.</exception>
    /// <exception cref="ObjectDisposedException">The region was disposed of.</exception>
    public static WhpSlot From(MemoryRegion region, bool logDirty = false)
    {
        SlotRules.Check(region);
        return new WhpSlot
        {
            HostAddress = (nint)SlotRules.HostAddress(region),
            GuestAddress = region.Start.Value,
            Size = region.Size,
            Flags = WhpSlotFlags.Read
                | (SlotRules.IsWritable(region) ? WhpSlotFlags.Write : WhpSlotFlags.None)
                | (SlotRules.IsExecutable(region) ? WhpSlotFlags.Execute : WhpSlotFlags.None)
                | (logDirty ? WhpSlotFlags.TrackDirtyPages : WhpSlotFlags.None),
        };
    }
}
