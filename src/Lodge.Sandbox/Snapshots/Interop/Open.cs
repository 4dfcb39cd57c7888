using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox.Interop;

internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    // Of the flags above all architectures have the same numbers, and of this one not.
    public static int O_NOFOLLOW
        => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeFileHandle open(string pathname, int flags);
}
