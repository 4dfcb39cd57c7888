using System.Runtime.InteropServices;

namespace Lodge.Machines.Interop;

internal static unsafe partial class Libc
{
    private const nint SYS_gettid = 186;

    // By number: glibc has had functions of these names only since 2.30.
    internal static int gettid() => (int)Syscall(SYS_gettid);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint Syscall(nint number);
}
