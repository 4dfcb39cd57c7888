using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Host memory by <c>mmap</c> and <c>memfd_create</c>.</summary>
internal sealed unsafe class LinuxHostMemory : IHostMemorySystem
{
    private const int FixedSizeSeals = Libc.F_SEAL_SHRINK;

    public ulong MappingGranularity => PageSize.Host.Bytes;

    public MappingHandle MapAnonymous(ulong size, MappingOptions options)
    {
        // Huge pages are reserved from the pool when they are mapped; without that the first touch of a missing one kills us.
        int flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS
            | (options.HugePageBytes != 0 ? HugePageFlag(options) : Libc.MAP_NORESERVE);
        MappingHandle mapping = MapBetweenGuards(size, Libc.PROT_READ | Libc.PROT_WRITE, flags, fd: -1, offset: 0, options);
        if (options.HugePages == HugePages.Transparent)
            Advise(mapping, Libc.MADV_HUGEPAGE, "ask for transparent huge pages on");

        return Populate(mapping, options, canWrite: true);
    }

    public MappingHandle MapFile(
        SafeHandle file, FileKind kind, ulong offset, ulong size, FileSharing sharing, MappingOptions options)
    {
        int protection = sharing == FileSharing.ReadOnly ? Libc.PROT_READ : Libc.PROT_READ | Libc.PROT_WRITE;
        int flags = sharing == FileSharing.CopyOnWrite ? Libc.MAP_PRIVATE | Libc.MAP_NORESERVE : Libc.MAP_SHARED;
        if (options.HugePageBytes != 0)
            flags &= ~Libc.MAP_NORESERVE;

        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            int fd = (int)file.DangerousGetHandle();
            MappingHandle mapping = MapBetweenGuards(size, protection, flags, fd, (long)offset, options);
            return Populate(mapping, options, canWrite: sharing != FileSharing.ReadOnly);
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    public SafeFileHandle CreateSharedFile(string name, ulong size, MappingOptions options)
    {
        uint flags = Libc.MFD_CLOEXEC | Libc.MFD_ALLOW_SEALING;
        if (options.HugePageBytes != 0)
            flags |= Libc.MFD_HUGETLB | (uint)PageShift(options) << Libc.MFD_HUGE_SHIFT;

        int fd = Libc.memfd_create(CutName(name), flags);
        if (fd < 0)
            throw Failed($"create a memory file named '{name}'", options);

        var file = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            if (Libc.ftruncate(file, checked((long)size)) != 0)
                throw Failed($"give a memory file {size} bytes", options);

            const int Seals = Libc.F_SEAL_SHRINK | Libc.F_SEAL_GROW | Libc.F_SEAL_SEAL;
            if (Libc.fcntl(file, Libc.F_ADD_SEALS, Seals) != 0)
                throw Failed("seal the size of a memory file");

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void RequireFixedSize(SafeFileHandle file)
    {
        int seals = Libc.fcntl(file, Libc.F_GET_SEALS, 0);
        if (seals < 0)
            throw Failed("read the seals of a file (only memory files have them)");

        if ((seals & FixedSizeSeals) != FixedSizeSeals)
        {
            throw new HostMemoryException(
                "The memory file is not sealed against shrinking (F_SEAL_SHRINK): whoever else holds it could cut it short, and the "
                + "next access would kill this process.");
        }
    }

    // Guard pages go too: one kind of mapping, so that neighbouring retired ranges become one in the kernel's books.
    public void Retire(MappingHandle mapping)
    {
        if (!TryReplaceByZeros(mapping.RangeStart, mapping.RangeSize))
            throw Failed($"give back {mapping.Size} bytes of memory");
    }

    public bool TryDiscard(
        MappingHandle mapping, ulong offset, ulong size, [NotNullWhen(false)] out HostMemoryException? failure)
    {
        // In bounds: HostMapping checked offset and size against the mapping, which its caller holds.
        byte* start = mapping.Address + offset;
        bool done = mapping.IsAnonymous
            ? Libc.madvise(start, (nuint)size, Libc.MADV_DONTNEED) == 0
            : TryReplaceByZeros(start, size);
        failure = done ? null : Failed($"give back {size} bytes of a mapping");
        return done;
    }

    public bool Release(MappingHandle mapping) => Libc.munmap(mapping.RangeStart, (nuint)mapping.RangeSize) == 0;

    private static bool TryReplaceByZeros(void* start, ulong size)
    {
        const int Flags = Libc.MAP_FIXED | Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE;
        return Libc.mmap(start, (nuint)size, Libc.PROT_READ | Libc.PROT_WRITE, Flags, -1, 0) != Libc.MAP_FAILED;
    }

    /// <summary>Reserves room for the mapping and its guards, then puts the mapping in the middle of it.</summary>
    private static MappingHandle MapBetweenGuards(
        ulong size, int protection, int flags, int fd, long offset, MappingOptions options)
    {
        ulong guard = options.GuardPages ? PageSize.Host.Bytes : 0;
        ulong alignment = Math.Max(options.HugePageBytes, PageSize.Host.Bytes);
        ulong slack = alignment - PageSize.Host.Bytes;

        // A disk file's last page may be mapped in part; the reservation is of whole pages.
        ulong wholePages = Alignment.Up(size, PageSize.Host.Bytes);
        ulong reserved = wholePages + (2 * guard) + slack;

        const int ReserveFlags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE;
        void* reservation = Libc.mmap(null, (nuint)reserved, Libc.PROT_NONE, ReserveFlags, -1, 0);
        if (reservation == Libc.MAP_FAILED)
            throw Failed($"reserve {reserved} bytes of address space");

        byte* address = (byte*)Alignment.Up((ulong)reservation + guard, alignment);
        if (Libc.mmap(address, (nuint)wholePages, protection, flags | Libc.MAP_FIXED, fd, offset) == Libc.MAP_FAILED)
        {
            HostMemoryException failure = Failed($"map {size} bytes", options);
            ReleaseOrDie(reservation, reserved);
            throw failure;
        }

        return new MappingHandle(HostMemorySystem.Current, reservation, reserved, address, size)
        {
            HugePageBytes = options.HugePageBytes,
            IsAnonymous = fd < 0,
        };
    }

    private static MappingHandle Populate(MappingHandle mapping, MappingOptions options, bool canWrite)
    {
        if (options.Populate)
            Advise(mapping, canWrite ? Libc.MADV_POPULATE_WRITE : Libc.MADV_POPULATE_READ, "bring in all pages of");

        return mapping;
    }

    private static void Advise(MappingHandle mapping, int advice, string attempt)
    {
        if (Libc.madvise(mapping.Address, (nuint)mapping.Size, advice) == 0)
            return;

        HostMemoryException failure = Failed($"{attempt} {mapping.Size} bytes");
        mapping.Dispose();
        throw failure;
    }

    private static void ReleaseOrDie(void* start, ulong size)
    {
        if (Libc.munmap(start, (nuint)size) != 0)
            throw Failed($"give back a reservation of {size} bytes");
    }

    // A name is for people to read, so what is too long for the system is cut.
    private static string CutName(string name)
    {
        const int MostBytes = 249;
        while (Encoding.UTF8.GetByteCount(name) > MostBytes)
            name = name[..Math.Min(name.Length - 1, MostBytes)];

        return name;
    }

    private static int PageShift(MappingOptions options)
        => options.HugePages == HugePages.Size1G ? PageSize.Size1G.Shift : PageSize.Size2M.Shift;

    private static int HugePageFlag(MappingOptions options)
        => Libc.MAP_HUGETLB | PageShift(options) << Libc.MAP_HUGE_SHIFT;

    private static HostMemoryException Failed(string attempt, MappingOptions? options = null)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new HostMemoryException(attempt, errno, errno == Errno.ENOMEM ? Advice(options) : null);
    }

    private static string Advice(MappingOptions? options)
    {
        if (options is null || options.HugePageBytes == 0)
            return "The system has too little memory, or the process has too many mappings (vm.max_map_count).";

        string folder = string.Create(
            CultureInfo.InvariantCulture, $"/sys/kernel/mm/hugepages/hugepages-{options.HugePageBytes >> 10}kB/");
        return TryReadCount(folder + "free_hugepages", out string? free) && TryReadCount(folder + "nr_hugepages", out string? all)
            ? $"Of the system's {all} huge pages of {options.HugePageBytes >> 20} MiB {free} are free; "
                + $"write how many there should be to {folder}nr_hugepages."
            : $"This system has no huge pages of {options.HugePageBytes >> 20} MiB.";
    }

    private static bool TryReadCount(string path, [NotNullWhen(true)] out string? count)
    {
        count = File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        return count is not null;
    }
}
