using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigtimedwait(sigset_t* set, void* info, __kernel_timespec* timeout);
}
