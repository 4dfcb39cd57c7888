using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeHandle fd, long length);
}
