using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Kernel32
{
    public const uint PAGE_READONLY = 0x02;
    public const uint PAGE_WRITECOPY = 0x08;
    public const uint SEC_COMMIT = 0x8000000;

    [LibraryImport("kernel32", EntryPoint = "CreateFileMappingW", SetLastError = true)]
    internal static partial nint CreateFileMapping(
        nint hFile, void* lpFileMappingAttributes, uint flProtect, uint dwMaximumSizeHigh, uint dwMaximumSizeLow, char* lpName);
}
