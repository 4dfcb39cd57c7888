using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    private const nint SYS_tgkill = 234;

    internal static int tgkill(int tgid, int tid, int sig) => (int)Syscall(SYS_tgkill, tgid, tid, sig);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third);
}
