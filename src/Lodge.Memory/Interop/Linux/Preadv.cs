using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint preadv(SafeHandle fd, Iovec* iov, int iovcnt, long offset);

    [LibraryImport("libc", EntryPoint = "preadv")]
    internal static partial nint preadv_without_errno(SafeHandle fd, Iovec* iov, int iovcnt, long offset);
}
