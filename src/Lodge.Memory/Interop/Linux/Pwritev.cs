using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwritev(SafeHandle fd, Iovec* iov, int iovcnt, long offset);
}
