using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory.Tests;

/// <summary>Makes a writable region of each kind that there is, for tests of what all of them have in common.</summary>
internal static unsafe class RegionKinds
{
    private const ulong FileOffset = 0x10000;

    public static string[] All { get; } =
    [
        "Anonymous", "Shared", "SharedFile", "CopyOnWrite", "File", "TrustedShared", "TrustedCopyOnWrite",
        "FromArena", "FromArenaRemaining", "FromMapping", "Borrowed",
    ];

    /// <summary>Kinds that are pages of the region's own, which disposing of it gives back.</summary>
    public static string[] Owning { get; } = [.. All.Except(["FromMapping", "Borrowed"])];

    public static MemoryRegion Make(string kind, GuestAddress start, ulong size, RegionOptions? options = null)
    {
        ulong lead = start.Value % (ulong)Environment.SystemPageSize;
        ulong offset = FileOffset + lead;
        switch (kind)
        {
            case "Anonymous":
                return MemoryRegion.Anonymous(start, size, options);
            case "Shared":
                return MemoryRegion.Shared(start, size, options);
            case "SharedFile":
                using (SharedMemoryFile file = SharedMemoryFile.Create(offset + size))
                    return MemoryRegion.Shared(start, file, offset, size, options);
            case "CopyOnWrite":
                using (SharedMemoryFile file = SharedMemoryFile.Create(offset + size))
                    return MemoryRegion.CopyOnWrite(start, file, offset, size, options);
            case "File":
                return WithFile(offset + size, handle => MemoryRegion.File(start, handle, offset, size, options));
            case "TrustedShared":
                return WithFile(
                    offset + size, handle => MemoryRegion.MapTrustedFile(start, handle, offset, size, FileSharing.Shared, options));
            case "TrustedCopyOnWrite":
                return WithFile(
                    offset + size,
                    handle => MemoryRegion.MapTrustedFile(start, handle, offset, size, FileSharing.CopyOnWrite, options));
            case "FromArena":
                return MemoryRegion.FromArena(start, new MemoryArena(lead + size), size, options);
            case "FromArenaRemaining":
                // The rest is a whole number of pages, so a region of this size is the rest's last bytes' affair.
                return MemoryRegion.FromArena(start, new MemoryArena(lead + size), options);
            case "FromMapping":
                return MemoryRegion.FromMapping(start, HostMapping.Anonymous(FileOffset + lead + size), offset, size, options);
            case "Borrowed":
                return Borrow(start, lead, size, options);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind.");
        }
    }

    private static MemoryRegion WithFile(ulong size, Func<SafeFileHandle, MemoryRegion> make)
    {
        using var file = new PatternFile(new byte[size]);
        using SafeFileHandle handle = file.Open();
        return make(handle);
    }

    private static MemoryRegion Borrow(GuestAddress start, ulong lead, ulong size, RegionOptions? options)
    {
        byte[] array = GC.AllocateArray<byte>((int)(lead + size) + 8, pinned: true);
        byte* pointer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);

        // The lowest three bits of a pinned array's first byte are zero.
        return MemoryRegion.Borrowed(start, pointer + (lead & 7), size, array, options);
    }
}
