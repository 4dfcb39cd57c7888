using System.Runtime.InteropServices;

namespace Lodge.Memory.Interop;

internal static unsafe partial class Kernel32
{
    public const uint FILE_MAP_COPY = 0x01;
    public const uint FILE_MAP_WRITE = 0x02;
    public const uint FILE_MAP_READ = 0x04;

    [LibraryImport("kernel32", SetLastError = true)]
    internal static partial void* MapViewOfFile(
        SafeHandle hFileMappingObject, uint dwDesiredAccess, uint dwFileOffsetHigh, uint dwFileOffsetLow, nuint dwNumberOfBytesToMap);
}
