using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    public const int MADV_DONTNEED = 4;
    public const int MADV_HUGEPAGE = 14;
    public const int MADV_POPULATE_READ = 22;
    public const int MADV_POPULATE_WRITE = 23;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int madvise(void* addr, nuint length, int advice);
}
