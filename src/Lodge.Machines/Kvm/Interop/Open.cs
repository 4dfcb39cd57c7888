using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    public const int O_RDWR = 2;
    public const int O_CLOEXEC = 0x80000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeFileHandle open(string pathname, int flags);
}
