using System.Runtime.InteropServices;

namespace Lodge.Sandbox.Interop;

internal static unsafe partial class Libc
{
    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_TYPE = 1;
    public const ushort S_IFMT = 0xF000;
    public const ushort S_IFREG = 0x8000;

    // Of all functions that say what a file is, this one has the same structure on every architecture.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int statx(SafeHandle dirfd, string pathname, int flags, uint mask, out statx_t statxbuf);
}
