using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Kernel32
{
    public const uint MEM_COMMIT = 0x1000;
    public const uint MEM_RESERVE = 0x2000;
    public const uint MEM_RESET = 0x80000;
    public const uint MEM_LARGE_PAGES = 0x20000000;
    public const uint PAGE_NOACCESS = 0x01;
    public const uint PAGE_READWRITE = 0x04;

    [LibraryImport("kernel32", SetLastError = true)]
    internal static partial void* VirtualAlloc(void* lpAddress, nuint dwSize, uint flAllocationType, uint flProtect);
}
