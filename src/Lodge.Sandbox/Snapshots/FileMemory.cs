using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>Memory with a copy of a file's content.</summary>
internal static class FileMemory
{
    /// <summary>Copies part of a file into whole pages, behind which there are zeros.</summary>
    /// <exception cref="EndOfStreamException">The file ends before that.</exception>
    public static MemoryRegion CopyOf(GuestAddress start, SafeFileHandle file, ulong offset, ulong length, RegionOptions options)
    {
        using SharedMemoryFile copy = SharedMemoryFile.CopyOf(file, offset, length, "lodge-snapshot");
        return MemoryRegion.Shared(start, copy, 0, SandboxLayout.RoundUp(length), options);
    }
}
