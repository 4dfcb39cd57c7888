using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    public const int UFFD_USER_MODE_ONLY = 1;
    public const int O_CLOEXEC = 0x80000;
    public const int O_NONBLOCK = 0x800;

    /// The C library has no wrapper for this system call; its number depends on the processor.
    public static long SYS_userfaultfd => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 323 : 282;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long syscall(long number, long flags);
}
