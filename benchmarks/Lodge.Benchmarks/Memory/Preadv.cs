using System.Runtime.InteropServices;

namespace Lodge.Benchmarks.Memory;

/// <summary>The system call by itself, with nothing that has to be converted.</summary>
internal static unsafe partial class Preadv
{
    [LibraryImport("libc", EntryPoint = "preadv")]
    public static partial nint Call(int file, Iovec* vectors, int count, long offset);
}
