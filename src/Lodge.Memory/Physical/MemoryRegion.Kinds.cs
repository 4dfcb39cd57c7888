using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

public sealed unsafe partial class MemoryRegion
{
    /// <summary>Fresh memory, all zero, that belongs to this process.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="size">The size in bytes; any size, though one of whole pages is fastest.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or the range passes 2^64.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion Anonymous(GuestAddress start, ulong size, RegionOptions? options = null)
    {
        options ??= RegionOptions.Default;
        GuestRange range = NewMappedRange(start, size);
        ulong lead = LeadIn(start);
        return Own(range, HostMapping.Anonymous(lead + size, options.Mapping), lead, options);
    }

    /// <summary>Fresh memory, all zero, in a sealed memory file of its own, for machines and peers that want a
    /// descriptor.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or the range passes 2^64.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion Shared(GuestAddress start, ulong size, RegionOptions? options = null)
    {
        options ??= RegionOptions.Default;
        GuestRange range = NewMappedRange(start, size);
        ulong lead = LeadIn(start);
        using SharedMemoryFile file = SharedMemoryFile.Create(lead + size, options.Label ?? "lodge", options.Mapping);
        return Own(range, file.Map(), lead, options);
    }

    /// <summary>Part of a memory file that others may map too: all see each other's writes.</summary>
    /// <param name="start">The first guest address; it and <paramref name="offset"/> differ by a multiple of the page
    /// size.</param>
    /// <param name="file">The file. The region stays valid after it is disposed.</param>
    /// <param name="offset">Where in the file the region starts, in bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not possible, or does not lie in the file.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion Shared(
        GuestAddress start, SharedMemoryFile file, ulong offset, ulong size, RegionOptions? options = null)
        => OfMemoryFile(start, file, offset, size, FileSharing.Shared, options);

    /// <summary>Part of a memory file whose content the region starts with; what is written stays in the region.</summary>
    /// <inheritdoc cref="Shared(GuestAddress, SharedMemoryFile, ulong, ulong, RegionOptions?)"/>
    public static MemoryRegion CopyOnWrite(
        GuestAddress start, SharedMemoryFile file, ulong offset, ulong size, RegionOptions? options = null)
        => OfMemoryFile(start, file, offset, size, FileSharing.CopyOnWrite, options);

    /// <summary>A copy of part of a file. Nothing that happens to the file later is seen or felt, and the file does not
    /// change.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="file">The file, opened for reading.</param>
    /// <param name="offset">Where in the file the content starts, in bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or the range passes 2^64.</exception>
    /// <exception cref="EndOfStreamException">The file ends before that.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion File(
        GuestAddress start, SafeFileHandle file, ulong offset, ulong size, RegionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        MemoryRegion region = Shared(start, size, options);
        try
        {
            FileTransfer.ReadExactly(file, checked((long)offset), region.Mapping, size, region.MappingOffset);
            return region;
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    /// <summary>A copy of a whole file.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="path">Where the file is. It may not be empty.</param>
    /// <param name="options">Rights, label, mapping; RAM by default.</param>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion File(GuestAddress start, string path, RegionOptions? options = null)
    {
        using SafeFileHandle file = System.IO.File.OpenHandle(path);
        return File(start, file, 0, (ulong)RandomAccess.GetLength(file), options);
    }

    /// <summary>Part of a file, mapped directly. The caller vouches for the file.</summary>
    /// <remarks><b>If anybody cuts the file short while it is mapped, the next access beyond its new end kills the process.</b>
    /// <see cref="File(GuestAddress, SafeFileHandle, ulong, ulong, RegionOptions?)"/> copies instead.</remarks>
    /// <param name="start">The first guest address; it and <paramref name="offset"/> differ by a multiple of the page
    /// size.</param>
    /// <param name="file">The file, opened for reading, and for writing too where writes are
    /// <see cref="FileSharing.Shared"/>.</param>
    /// <param name="offset">Where in the file the region starts, in bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="sharing">What becomes of writes. With <see cref="FileSharing.ReadOnly"/> the region cannot allow
    /// them.</param>
    /// <param name="options">Rights, label, mapping; all that the sharing allows, by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not possible, or does not lie in the file.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static MemoryRegion MapTrustedFile(
        GuestAddress start, SafeFileHandle file, ulong offset, ulong size, FileSharing sharing, RegionOptions? options = null)
    {
        options ??= sharing == FileSharing.ReadOnly ? RegionOptions.ReadOnly : RegionOptions.Default;
        GuestRange range = NewMappedRange(start, size);
        ulong lead = LeadInOfFile(start, offset);
        return Own(range, HostMapping.MapTrustedFile(file, offset - lead, lead + size, sharing, options.Mapping), lead, options);
    }

    /// <summary>A piece of an arena, all zero. Disposing of the region gives its memory back; the arena uses the place again when
    /// nothing holds the region any more.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights and label; how memory is mapped is the arena's affair.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or the range passes 2^64.</exception>
    /// <exception cref="HostMemoryException">The arena has no piece of that size.</exception>
    public static MemoryRegion FromArena(GuestAddress start, MemoryArena arena, ulong size, RegionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ulong lead = LeadIn(start);
        return OfBlock(start, size, arena.Allocate(lead + NewMappedRange(start, size).Length), lead, options);
    }

    /// <summary>The largest piece that an arena has left.</summary>
    /// <param name="start">The first guest address.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="options">Rights and label; how memory is mapped is the arena's affair.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range passes 2^64.</exception>
    /// <exception cref="HostMemoryException">The arena has nothing left.</exception>
    public static MemoryRegion FromArena(GuestAddress start, MemoryArena arena, RegionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arena);
        MemoryArena.Block block = arena.AllocateRemaining();
        ulong lead = LeadIn(start);
        return OfBlock(start, block.Size - lead, block, lead, options);
    }

    /// <summary>Part of a mapping that somebody else owns and disposes of.</summary>
    /// <param name="start">The first guest address; it agrees in its lowest three bits with its place in the host.</param>
    /// <param name="mapping">The mapping.</param>
    /// <param name="offset">Where in the mapping the region starts, in bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="options">Rights and label; RAM by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not possible, or does not lie in the mapping.</exception>
    /// <exception cref="ArgumentException">Start and offset do not fit each other, or the mapping allows less than the
    /// options.</exception>
    public static MemoryRegion FromMapping(
        GuestAddress start, HostMapping mapping, ulong offset, ulong size, RegionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ObjectDisposedException.ThrowIf(mapping.IsDisposed, mapping);
        if (mapping.IsDivided)
        {
            throw new ArgumentException(
                "The mapping is divided among regions that come and go; it cannot be shared past them.", nameof(mapping));
        }

        GuestRange range = NewRange(start, size);
        if (offset > mapping.Size || size > mapping.Size - offset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{size} bytes at {offset} do not lie in a mapping of {mapping.Size} bytes.");
        }

        if (((start.Value ^ (ulong)(mapping.Base + offset)) & 7) != 0)
        {
            throw new ArgumentException(
                $"Guest address {start} and its place in the host differ in their lowest three bits, so aligned accesses of the guest "
                + "would be torn.");
        }

        return new MemoryRegion(range, new Backing(mapping, offset, owned: null), Checked(options ?? RegionOptions.Default, mapping));
    }

    /// <summary>Memory that somebody else owns, by its address.</summary>
    /// <param name="start">The first guest address; it and <paramref name="pointer"/> agree in their lowest three bits.</param>
    /// <param name="pointer">The first byte. The caller vouches that <paramref name="size"/> bytes from there can be read and
    /// written until the region is unreachable; <paramref name="owner"/> can see to that.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="owner">An object that keeps the memory alive; the region keeps it.</param>
    /// <param name="options">Rights and label; RAM by default.</param>
    /// <exception cref="ArgumentException">The pointer is null or does not fit the start.</exception>
    public static MemoryRegion Borrowed(
        GuestAddress start, void* pointer, ulong size, object? owner = null, RegionOptions? options = null)
        => FromMapping(start, HostMapping.DangerousBorrow(pointer, size, owner), 0, size, options);

    private static MemoryRegion OfMemoryFile(
        GuestAddress start, SharedMemoryFile file, ulong offset, ulong size, FileSharing sharing, RegionOptions? options)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= RegionOptions.Default;
        GuestRange range = NewMappedRange(start, size);
        ulong lead = LeadInOfFile(start, offset);
        return Own(range, file.Map(offset - lead, lead + size, sharing, options.Mapping), lead, options);
    }

    internal static MemoryRegion OfPart(GuestRange range, DividedMapping.Part part, RegionOptions options)
        => new(range, new Backing(part.Mapping, part.Offset, part), options);

    // A region that cannot be made gives its piece back at once: nobody has seen it.
    private static MemoryRegion OfBlock(GuestAddress start, ulong size, MemoryArena.Block block, ulong lead, RegionOptions? options)
    {
        try
        {
            return new MemoryRegion(
                NewRange(start, size), new Backing(block.Mapping, block.Offset + lead, block), options ?? RegionOptions.Default);
        }
        catch
        {
            block.GiveBack();
            throw;
        }
    }

    // A region that cannot be made leaves nothing behind.
    private static MemoryRegion Own(GuestRange range, HostMapping mapping, ulong offset, RegionOptions options)
    {
        try
        {
            return new MemoryRegion(range, new Backing(mapping, offset, mapping), Checked(options, mapping));
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    private static RegionOptions Checked(RegionOptions options, HostMapping mapping)
        => (options.Permissions & MemoryAccess.Write) == 0 || mapping.IsWritable
            ? options
            : throw new ArgumentException("The memory is mapped read-only, so a region of it cannot allow writing.", nameof(options));

    private static GuestRange NewRange(GuestAddress start, ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfZero(size);
        return new GuestRange(start, size);
    }

    private static GuestRange NewMappedRange(GuestAddress start, ulong size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, HostMapping.LargestSize);
        return NewRange(start, size);
    }

    // What lies in the region's first host page before the region, so that guest and host agree in the bits below a page.
    private static ulong LeadIn(GuestAddress start) => start.Value & (PageSize.Host.Bytes - 1);

    private static ulong LeadInOfFile(GuestAddress start, ulong offset)
        => LeadIn(start) == (offset & (PageSize.Host.Bytes - 1))
            ? LeadIn(start)
            : throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"Start {start} and the offset in the file differ by no multiple of the page size.");
}
