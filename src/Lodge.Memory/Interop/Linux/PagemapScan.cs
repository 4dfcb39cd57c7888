namespace Lodge.Memory.Interop;

/// <summary><c>struct pm_scan_arg</c> and <c>struct page_region</c> of <c>linux/fs.h</c> (since Linux 6.7).</summary>
internal static class PagemapScan
{
    /// <summary><c>_IOWR('f', 16, struct pm_scan_arg)</c>.</summary>
    public const nuint PAGEMAP_SCAN = 0xC060_6610;

    public const ulong PAGE_IS_WRITTEN = 1 << 1;

    public const ulong PM_SCAN_WP_MATCHING = 1 << 0;
    public const ulong PM_SCAN_CHECK_WPASYNC = 1 << 1;

    public struct pm_scan_arg
    {
        public ulong size;
        public ulong flags;
        public ulong start;
        public ulong end;
        public ulong walk_end;
        public ulong vec;
        public ulong vec_len;
        public ulong max_pages;
        public ulong category_inverted;
        public ulong category_mask;
        public ulong category_anyof_mask;
        public ulong return_mask;
    }

    public struct page_region
    {
        public ulong start;
        public ulong end;
        public ulong categories;
    }
}
