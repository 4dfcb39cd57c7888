namespace Lodge.Memory.Interop;

/// <summary>The requests of <c>linux/userfaultfd.h</c> that asynchronous write-protection needs.</summary>
internal static class Uffdio
{
    /// <summary><c>_IOWR(0xAA, 0x3F, struct uffdio_api)</c>.</summary>
    public const nuint UFFDIO_API = 0xC018_AA3F;

    /// <summary><c>_IOWR(0xAA, 0x00, struct uffdio_register)</c>.</summary>
    public const nuint UFFDIO_REGISTER = 0xC020_AA00;

    public const ulong UFFD_API = 0xAA;
    public const ulong UFFD_FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;
    public const ulong UFFD_FEATURE_WP_UNPOPULATED = 1 << 13;
    public const ulong UFFD_FEATURE_WP_ASYNC = 1 << 15;
    public const ulong UFFDIO_REGISTER_MODE_WP = 1 << 1;

    public struct uffdio_api
    {
        public ulong api;
        public ulong features;
        public ulong ioctls;
    }

    public struct uffdio_register
    {
        public ulong start;
        public ulong len;
        public ulong mode;
        public ulong ioctls;
    }
}
