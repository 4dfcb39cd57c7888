using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>A run of the host's own memory that guests' memory is made of: the one owner of its address range.</summary>
/// <remarks>
/// <para>Slices, regions and maps hold their mapping, and its address range goes back to the system only when nothing can
/// reach it any more. <see cref="Dispose"/> does not wait for that: it gives the memory back at once and leaves zero pages in
/// its place, so that whoever still holds a slice reads zeros and never another's data. (On Windows, where pages cannot be
/// exchanged under a mapping, they are marked as no longer needed, and keep their content until the system takes them.)</para>
/// <para>Who hands the memory to something that the garbage collector cannot see, such as a device or the kernel, holds a
/// reference on <see cref="SafeHandle"/> until that thing has let go.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed unsafe class HostMapping : CriticalFinalizerObject, IDisposable
{
    /// <summary>The first value of <see cref="RetiredRangeLimit"/>.</summary>
    public const int DefaultRetiredRangeLimit = 1024;

    /// <summary>The first value of <see cref="RetiredByteLimit"/>: 1 TiB.</summary>
    public const long DefaultRetiredByteLimit = 1L << 40;

    /// <summary>More than any process can address, and little enough that sums with it cannot overflow.</summary>
    internal const ulong LargestSize = 1UL << 56;

    private readonly MappingHandle _handle;
    private readonly object? _borrowedFrom;
    private readonly bool _holdsHandle;

    private HostMapping(MappingHandle handle, bool isWritable, object? borrowedFrom = null)
    {
        _handle = handle;
        _borrowedFrom = borrowedFrom;
        IsWritable = isWritable;
        Base = handle.Address;

        // A reference of the mapping's own: whoever disposes of the public handle gives up nothing but that.
        handle.DangerousAddRef(ref _holdsHandle);
    }

    /// <summary>Lets go of the address range. It is given back when nobody else holds it.</summary>
    ~HostMapping()
    {
        if (_holdsHandle)
            _handle.DangerousRelease();
    }

    /// <summary>How many disposed address ranges may wait for the garbage collector before it is asked to collect.</summary>
    public static int RetiredRangeLimit { get; set; } = DefaultRetiredRangeLimit;

    /// <summary>How many bytes of disposed address ranges may wait for the garbage collector before it is asked to
    /// collect.</summary>
    public static long RetiredByteLimit { get; set; } = DefaultRetiredByteLimit;

    /// <summary>The size in bytes.</summary>
    public ulong Size => _handle.Size;

    /// <summary>Whether the host may write to it at all. What a guest may do is the region's affair.</summary>
    public bool IsWritable { get; }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => _handle.IsRetired;

    /// <summary>The bytes of the huge pages it is made of; 0 where it has ordinary ones.</summary>
    public ulong HugePageBytes => _handle.HugePageBytes;

    /// <summary>The handle that keeps the address range. Hold a reference on it (<see cref="SafeHandle.DangerousAddRef"/>)
    /// for as long as something that the garbage collector cannot see uses the memory. Do not dispose of it: that is not how the
    /// mapping is disposed of, and does nothing but close the handle to further holders.</summary>
    public SafeHandle SafeHandle => _handle;

    /// <summary>The address of the first byte in this process. It is valid only while this object, or a reference on
    /// <see cref="SafeHandle"/>, is held.</summary>
    public nint DangerousAddress => (nint)Base;

    /// <summary>Whether parts of it have owners of their own, who dispose of them and may use them again.</summary>
    internal bool IsDivided { get; set; }

    internal byte* Base { get; }

    /// <summary>Maps fresh memory, all zero.</summary>
    /// <param name="size">The size in bytes; rounded up to whole pages.</param>
    /// <param name="options">How to map it; <see cref="MappingOptions.Default"/> where nothing is said.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0, or more than the process can address.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static HostMapping Anonymous(ulong size, MappingOptions? options = null)
    {
        options ??= MappingOptions.Default;
        size = RoundSize(size, options);
        return new HostMapping(HostMemorySystem.Current.MapAnonymous(size, options), isWritable: true);
    }

    /// <summary>Memory of an object that nobody disposes of: its range waits for the garbage collector from the
    /// beginning.</summary>
    internal static HostMapping ForCollectedObject(ulong size)
    {
        HostMapping mapping = Anonymous(size, MappingOptions.Default with { GuardPages = false });
        mapping._handle.CountForCollection();
        return mapping;
    }

    /// <summary>Maps part of a file directly. The caller vouches for the file.</summary>
    /// <remarks>
    /// <b>If anybody cuts the file short while it is mapped, the next access beyond its new end kills the process</b>, and
    /// nothing can catch that. Where the file's writers are not all trusted, copy it: <see cref="SharedMemoryFile.CopyOf"/>.
    /// </remarks>
    /// <param name="file">The file, opened for reading, and for writing too where writes are
    /// <see cref="FileSharing.Shared"/>.</param>
    /// <param name="offset">Where in the file the mapping starts, in bytes: a multiple of the page size (of 64 KiB on
    /// Windows).</param>
    /// <param name="size">The size in bytes. All of it has to lie in the file.</param>
    /// <param name="sharing">What becomes of writes.</param>
    /// <param name="options">How to map it. Huge pages are the file system's affair, not this call's.</param>
    /// <exception cref="ArgumentOutOfRangeException">Size or offset are not possible, or pass the file's end.</exception>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public static HostMapping MapTrustedFile(
        SafeFileHandle file, ulong offset, ulong size, FileSharing sharing, MappingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= MappingOptions.Default;
        if (options.HugePages is HugePages.Size2M or HugePages.Size1G)
            throw new ArgumentException("A file on disk is not mapped in huge pages of the system's pool.", nameof(options));

        return Map(file, FileKind.Disk, (ulong)RandomAccess.GetLength(file), offset, size, sharing, options);
    }

    /// <summary>Maps memory that a device's descriptor offers, shared with the device: the run structure of a vCPU, a ring, a
    /// device's registers. Linux only.</summary>
    /// <remarks>
    /// <para><b>Nothing says how much memory there is: the caller vouches for <paramref name="size"/>.</b> If the device has
    /// less, or takes some away while it is mapped, the next access there kills the process, and nothing can catch that.</para>
    /// <para>The device may change the memory at any time, and reading it may have effects: the caller knows the device. After
    /// <see cref="Dispose"/> the device's memory is not mapped any more, and stragglers see zero pages.</para>
    /// </remarks>
    /// <param name="device">The device, opened for reading and writing. The mapping keeps what it needs of it.</param>
    /// <param name="offset">Where the memory starts, in bytes: what the device defines, a multiple of the page size.</param>
    /// <param name="size">The size in bytes, a multiple of the page size.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or too large, or one of them is not a multiple of the page
    /// size.</exception>
    /// <exception cref="HostMemoryException">The system or the device refused.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    [SupportedOSPlatform("linux")]
    public static HostMapping MapDevice(SafeFileHandle device, ulong offset, ulong size)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Memory of devices is mapped on Linux only.");

        ArgumentOutOfRangeException.ThrowIfZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, (ulong)long.MaxValue - size);
        ThrowUnlessWholePages(size, nameof(size));
        ThrowUnlessWholePages(offset, nameof(offset));
        MappingHandle handle = HostMemorySystem.Current.MapFile(
            device, FileKind.Device, offset, size, FileSharing.Shared, MappingOptions.Default);
        return new HostMapping(handle, isWritable: true);
    }

    /// <summary>Makes a mapping of memory that somebody else owns.</summary>
    /// <param name="pointer">The first byte. The caller vouches that <paramref name="size"/> bytes from there can be read and
    /// written until this object is unreachable; <paramref name="owner"/> can see to that.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="owner">An object that keeps the memory alive; this mapping keeps it.</param>
    /// <exception cref="ArgumentNullException">The pointer is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or passes the end of the address space.</exception>
    public static HostMapping DangerousBorrow(void* pointer, ulong size, object? owner = null)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        ArgumentOutOfRangeException.ThrowIfZero(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ulong.MaxValue - (ulong)pointer);
        return new HostMapping(new MappingHandle(system: null, pointer, size, (byte*)pointer, size), isWritable: true, owner);
    }

    /// <summary>Gives the memory back to the system at once, and leaves zero pages for stragglers. Borrowed memory is left
    /// alone.</summary>
    /// <exception cref="HostMemoryException">The system refused.</exception>
    public void Dispose()
    {
        _handle.Retire();
        GC.KeepAlive(_borrowedFrom);
    }

    internal static HostMapping Map(
        SafeFileHandle file, FileKind kind, ulong fileSize, ulong offset, ulong size, FileSharing sharing, MappingOptions options)
    {
        ulong granularity = Math.Max(HostMemorySystem.Current.MappingGranularity, options.HugePageBytes);
        if (offset % granularity != 0)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"A file is mapped from a multiple of {granularity} bytes.");

        if (size == 0 || offset > fileSize || size > fileSize - offset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(size), size, $"{size} bytes from offset {offset} do not lie in a file of {fileSize} bytes.");
        }

        MappingHandle handle = HostMemorySystem.Current.MapFile(file, kind, offset, size, sharing, options);
        return new HostMapping(handle, isWritable: sharing != FileSharing.ReadOnly);
    }

    internal static ulong RoundSize(ulong size, MappingOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfZero(size);

        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        return Alignment.Up(size, Math.Max(PageSize.Host.Bytes, options.HugePageBytes));
    }

    private static void ThrowUnlessWholePages(ulong bytes, string name)
    {
        if (bytes % PageSize.Host.Bytes != 0)
            throw new ArgumentOutOfRangeException(name, bytes, $"Devices are mapped in pages of {PageSize.Host.Bytes} bytes.");
    }

    /// <summary>Whether part of the mapping can be discarded by itself: whole pages of the kind it is made of.</summary>
    internal bool CanDiscard(ulong offset, ulong size)
        => ((offset | size) & (Math.Max(PageSize.Host.Bytes, HugePageBytes) - 1)) == 0 && offset <= Size && size <= Size - offset;

    /// <summary>Replaces part of the mapping by zero pages.</summary>
    internal void Discard(ulong offset, ulong size)
    {
        if (!CanDiscard(offset, size))
        {
            throw new InvalidOperationException(
                $"0x{size:x} bytes at offset 0x{offset:x} are not whole {(HugePageBytes != 0 ? "huge " : "")}pages of the mapping, "
                + "so they cannot be disposed of by themselves: dispose of the mapping.");
        }

        if (!IsDisposed && !HostMemorySystem.Current.TryDiscard(_handle, offset, size, out HostMemoryException? failure))
            throw failure;
    }

    /// <summary>As <see cref="Discard"/> for whole pages; false where the system refused or everything is disposed of
    /// already.</summary>
    internal bool TryDiscard(ulong offset, ulong size)
        => !IsDisposed && HostMemorySystem.Current.TryDiscard(_handle, offset, size, out _);
}
