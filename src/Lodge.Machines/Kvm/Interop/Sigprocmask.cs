using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    public const int SIG_BLOCK = 0;
    public const int SIG_SETMASK = 2;

    /// <summary>Changes the mask of the calling thread: on Linux that is all it does, also where there are others.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigprocmask(int how, sigset_t* set, sigset_t* oldset);
}
