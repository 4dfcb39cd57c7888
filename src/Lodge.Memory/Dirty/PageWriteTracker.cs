using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Finds the pages of a mapping that were written, by anybody in this process and by the kernel on its behalf: by native
/// code, by system calls, by a machine that runs on the mapping.</summary>
/// <remarks>
/// <para>It sees writes through <b>one mapping</b>. For shared memory, writes through another mapping of it, through its
/// descriptor, or by
/// another process are invisible here: each other view needs a tracker of its own. Writes through Lodge are seen without any of
/// this by a <see cref="DirtyBitmap"/>.</para>
/// <para>Linux 6.7 and later: asynchronous write-protection (<c>userfaultfd</c>) and <c>PAGEMAP_SCAN</c>. There is no handler, no
/// signal and no stop: the first write to a page after a scan costs a page fault. Scans are one at a time.</para>
/// <para>The tracker has to be disposed of before the mapping, which loses its protection when it is retired; a scan after that
/// throws.</para>
/// </remarks>
public sealed unsafe class PageWriteTracker : IDisposable
{
    private const int RangesPerScan = 512;

    private readonly HostMapping _mapping;
    private readonly SafeFileHandle _userfaultfd;
    private readonly SafeFileHandle _pagemap;
    private readonly Lock _lock = new();
    private readonly ulong _size;

    private PageWriteTracker(HostMapping mapping, SafeFileHandle userfaultfd, SafeFileHandle pagemap)
    {
        _mapping = mapping;
        _userfaultfd = userfaultfd;
        _pagemap = pagemap;
        _size = Alignment.Up(mapping.Size, PageSize.Host.Bytes);
    }

    /// <summary>Whether this system can track writes.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => Support.Problem is null;

    /// <summary>Why this system cannot track writes; null where it can.</summary>
    public static string? UnsupportedReason => Support.Problem;

    /// <summary>The size of the pages that are told apart.</summary>
    public PageSize PageSize => PageSize.FromBytes(Math.Max(PageSize.Host.Bytes, _mapping.HugePageBytes));

    /// <summary>Starts to track a mapping. What was written before does not count.</summary>
    /// <exception cref="PlatformNotSupportedException">This system cannot; the message says what is missing.</exception>
    /// <exception cref="HostMemoryException">The system refused for this mapping: something else tracks it, or its kind cannot
    /// be.</exception>
    [SupportedOSPlatform("linux")]
    public static PageWriteTracker Start(HostMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ObjectDisposedException.ThrowIf(mapping.IsDisposed, mapping);
        if (Support.Problem is { } problem)
            throw new PlatformNotSupportedException(problem);

        return StartUnchecked(mapping);
    }

    /// <summary>The pages that were written since the start or since the last scan that reset them.</summary>
    /// <param name="written">Receives the pages, instead of what it held; addresses are offsets into the mapping.</param>
    /// <param name="reset">Whether the next scan is to tell only of what is written from now on. One page is either in this scan
    /// or in the next, never lost between them.</param>
    /// <exception cref="ObjectDisposedException">The tracker or the mapping was disposed of.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public void Scan(List<GuestRange> written, bool reset = true)
    {
        ArgumentNullException.ThrowIfNull(written);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_userfaultfd.IsClosed, this);
            ObjectDisposedException.ThrowIf(_mapping.IsDisposed, _mapping);
            written.Clear();
            ScanUnsynchronized(written, reset);
        }
    }

    /// <summary>Stops tracking. The memory stays as it is.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _userfaultfd.Dispose();
            _pagemap.Dispose();
        }
    }

    private static PageWriteTracker StartUnchecked(HostMapping mapping)
    {
        SafeFileHandle userfaultfd = OpenUserfaultfd();
        SafeFileHandle? pagemap = null;
        try
        {
            var register = new Uffdio.uffdio_register
            {
                start = (ulong)mapping.Base,
                len = Alignment.Up(mapping.Size, PageSize.Host.Bytes),
                mode = Uffdio.UFFDIO_REGISTER_MODE_WP,
            };
            if (Libc.ioctl(userfaultfd, Uffdio.UFFDIO_REGISTER, &register) != 0)
                throw Failed($"track writes to a mapping of {mapping.Size} bytes");

            pagemap = File.OpenHandle("/proc/self/pagemap");
            var tracker = new PageWriteTracker(mapping, userfaultfd, pagemap);
            tracker.ScanUnsynchronized([], reset: true);
            return tracker;
        }
        catch
        {
            userfaultfd.Dispose();
            pagemap?.Dispose();
            throw;
        }
    }

    private void ScanUnsynchronized(List<GuestRange> written, bool reset)
    {
        ulong start = (ulong)_mapping.Base;
        ulong end = start + _size;
        PagemapScan.page_region* found = stackalloc PagemapScan.page_region[RangesPerScan];
        for (ulong next = start; next < end;)
        {
            var argument = new PagemapScan.pm_scan_arg
            {
                size = (ulong)sizeof(PagemapScan.pm_scan_arg),
                flags = reset ? PagemapScan.PM_SCAN_WP_MATCHING | PagemapScan.PM_SCAN_CHECK_WPASYNC : 0,
                start = next,
                end = end,
                vec = (ulong)found,
                vec_len = RangesPerScan,
                category_mask = PagemapScan.PAGE_IS_WRITTEN,
                return_mask = PagemapScan.PAGE_IS_WRITTEN,
            };
            int count = Libc.ioctl(_pagemap, PagemapScan.PAGEMAP_SCAN, &argument);
            if (count < 0)
                throw Failed($"scan a mapping of {_mapping.Size} bytes for writes");

            for (int i = 0; i < count; i++)
                Append(written, found[i].start - start, found[i].end - found[i].start);

            next = argument.walk_end;
        }

        GC.KeepAlive(_mapping);
    }

    // A run that did not fit into one call's answer goes on in the next one's.
    private static void Append(List<GuestRange> written, ulong offset, ulong length)
    {
        if (written.Count != 0 && written[^1].Start.Value + written[^1].Length == offset)
            written[^1] = new GuestRange(written[^1].Start, written[^1].Length + length);
        else
            written.Add(new GuestRange(offset, length));
    }

    private static SafeFileHandle OpenUserfaultfd()
    {
        // Faults of user code are enough: with asynchronous protection the kernel's own writes fault nowhere.
        long fd = Libc.syscall(Libc.SYS_userfaultfd, Libc.UFFD_USER_MODE_ONLY | Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (fd < 0)
            throw Failed("open a userfaultfd");

        var handle = new SafeFileHandle((nint)fd, ownsHandle: true);
        var api = new Uffdio.uffdio_api
        {
            api = Uffdio.UFFD_API,
            features = Uffdio.UFFD_FEATURE_WP_ASYNC | Uffdio.UFFD_FEATURE_WP_UNPOPULATED | Uffdio.UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
        };
        if (Libc.ioctl(handle, Uffdio.UFFDIO_API, &api) == 0)
            return handle;

        HostMemoryException failure = Failed("set up asynchronous write-protection (Linux 6.7 and later have it)");
        handle.Dispose();
        throw failure;
    }

    private static HostMemoryException Failed(string attempt) => new(attempt, Marshal.GetLastPInvokeError());

    private static class Support
    {
        public static readonly string? Problem = FindProblem();

        private static string? FindProblem()
        {
            if (!OperatingSystem.IsLinux())
                return "Tracking the writes to a mapping works on Linux.";

            try
            {
                // The only way to know is to do it.
                using HostMapping probe = HostMapping.Anonymous(PageSize.Host.Bytes);
                using PageWriteTracker tracker = StartUnchecked(probe);
                return null;
            }
            catch (Exception e) when (e is HostMemoryException or IOException or UnauthorizedAccessException)
            {
                return $"This system cannot track the writes to a mapping. {e.Message}";
            }
        }
    }
}
