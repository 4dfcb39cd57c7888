namespace Lodge.Machines;

/// <summary>What a region has to be for any hypervisor to take it, and what its guest may do there.</summary>
internal static class SlotRules
{
    public const ulong PageBytes = 4096;

    /// <summary>Throws unless a region can be a slot.</summary>
    public static void Check(MemoryRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        ObjectDisposedException.ThrowIf(region.IsDisposed, region);
        if ((region.Permissions & MemoryAccess.Read) == 0)
            throw new ArgumentException($"The region {region} cannot be read, and no slot is unreadable.", nameof(region));

        if (((region.Start.Value | region.Size) & (PageBytes - 1)) != 0)
            throw new ArgumentException($"Start and size of the region {region} are not multiples of 4 KiB.", nameof(region));

        if ((HostAddress(region) & (PageBytes - 1)) != 0)
        {
            throw new ArgumentException(
                $"The region {region} lies at 0x{HostAddress(region):x} in the host, which is not a multiple of 4 KiB.",
                nameof(region));
        }
    }

    /// <summary>Whether the guest may write: the region allows it, and so does the host's mapping.</summary>
    public static bool IsWritable(MemoryRegion region)
        => (region.Permissions & MemoryAccess.Write) != 0 && region.Mapping.IsWritable;

    public static bool IsExecutable(MemoryRegion region) => (region.Permissions & MemoryAccess.Execute) != 0;

    public static ulong HostAddress(MemoryRegion region) => (ulong)region.Mapping.DangerousAddress + region.MappingOffset;
}
