using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Kernel32
{
    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool UnmapViewOfFile(void* lpBaseAddress);
}
