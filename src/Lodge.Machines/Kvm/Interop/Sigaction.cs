using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    public const nint SIG_DFL = 0;
    public const nint SIG_IGN = 1;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigaction(int signum, sigaction_t* act, sigaction_t* oldact);
}
