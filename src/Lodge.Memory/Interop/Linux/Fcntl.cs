using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Libc
{
    public const int F_ADD_SEALS = 1033;
    public const int F_GET_SEALS = 1034;

    public const int F_SEAL_SEAL = 0x01;
    public const int F_SEAL_SHRINK = 0x02;
    public const int F_SEAL_GROW = 0x04;
    public const int F_SEAL_WRITE = 0x08;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle fd, int cmd, nint arg);
}
