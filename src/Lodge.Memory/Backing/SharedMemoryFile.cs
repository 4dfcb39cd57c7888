using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>A nameless file that lives in memory and whose size is fixed: what several mappings, processes or machines
/// share.</summary>
/// <remarks>
/// On Linux a <c>memfd</c>, sealed against shrinking and growing so that nobody who holds it can cut it short under a mapping;
/// on Windows a section backed by the paging file. Mappings stay valid after the file is disposed. Thread-safe.
/// </remarks>
public sealed class SharedMemoryFile : IDisposable
{
    private readonly MappingOptions _options;

    private SharedMemoryFile(SafeFileHandle handle, ulong size, MappingOptions options)
    {
        Handle = handle;
        Size = size;
        _options = options;
    }

    /// <summary>The handle: a file descriptor to pass to another process, a section handle on Windows. It is this
    /// object's.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The size in bytes.</summary>
    public ulong Size { get; }

    /// <summary>Makes a file of <paramref name="size"/> zero bytes.</summary>
    /// <param name="size">The size in bytes; rounded up to whole pages.</param>
    /// <param name="name">A name for people who look at the process's mappings.</param>
    /// <param name="options">Huge pages, if it is to be made of them; the rest applies to its mappings.</param>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static SharedMemoryFile Create(ulong size, string name = "lodge", MappingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= MappingOptions.Default;
        size = HostMapping.RoundSize(size, options);
        return new SharedMemoryFile(HostMemorySystem.Current.CreateSharedFile(name, size, options), size, options);
    }

    /// <summary>Takes over a memory file that came from elsewhere, say from another process over a socket.</summary>
    /// <param name="handle">The descriptor. It belongs to the new object, which closes it; where this call throws, it does
    /// not.</param>
    /// <param name="allowUnsealed">Whether a file that others may cut short is accepted. <b>If somebody does, the next access
    /// beyond the new end kills this process.</b></param>
    /// <param name="options">How to map it by default. A file made of huge pages has to be mapped with the same.</param>
    /// <exception cref="HostMemoryException">The file is not sealed against shrinking, or is no memory file.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux: elsewhere a handle does not tell its size.</exception>
    [SupportedOSPlatform("linux")]
    public static SharedMemoryFile FromHandle(SafeFileHandle handle, bool allowUnsealed = false, MappingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Taking over a memory file works on Linux.");

        if (!allowUnsealed)
            HostMemorySystem.Current.RequireFixedSize(handle);

        // The size is read after the seal was seen, so it cannot shrink any more.
        return new SharedMemoryFile(handle, (ulong)RandomAccess.GetLength(handle), options ?? MappingOptions.Default);
    }

    /// <summary>Copies part of a file, so that nothing that happens to the file later can be seen or felt.</summary>
    /// <param name="source">The file, opened for reading.</param>
    /// <param name="offset">Where the copy starts, in bytes.</param>
    /// <param name="length">How many bytes to copy. The new file has whole pages; what is behind the copy is zero.</param>
    /// <param name="name">A name for people who look at the process's mappings.</param>
    /// <exception cref="EndOfStreamException">The file ends before that.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static SharedMemoryFile CopyOf(SafeFileHandle source, ulong offset, ulong length, string name = "lodge")
    {
        ArgumentNullException.ThrowIfNull(source);
        SharedMemoryFile copy = Create(length, name);
        try
        {
            using HostMapping mapping = copy.Map();
            FileTransfer.ReadExactly(source, checked((long)offset), mapping, length);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Maps the whole file, writable and shared.</summary>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public HostMapping Map() => Map(0, Size);

    /// <summary>Maps part of the file.</summary>
    /// <param name="offset">Where the mapping starts, in bytes: a multiple of the page size (of 64 KiB on Windows).</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="sharing">What becomes of writes.</param>
    /// <param name="options">How to map it; by default as the file was made.</param>
    /// <exception cref="ArgumentOutOfRangeException">Size or offset are not possible, or pass the file's end.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public HostMapping Map(ulong offset, ulong size, FileSharing sharing = FileSharing.Shared, MappingOptions? options = null)
        => HostMapping.Map(Handle, FileKind.SharedMemory, Size, offset, size, sharing, options ?? _options);

    /// <summary>Closes the file. Mappings stay; the memory goes when the last of them does.</summary>
    public void Dispose() => Handle.Dispose();
}
