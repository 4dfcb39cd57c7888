using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Kernel32
{
    public const uint MEM_RELEASE = 0x8000;

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool VirtualFree(void* lpAddress, nuint dwSize, uint dwFreeType);
}
