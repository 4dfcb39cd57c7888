using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Lodge.Memory.Interop;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>Host memory by <c>VirtualAlloc</c> and file mappings.</summary>
/// <remarks>
/// Windows cannot exchange pages under a mapping. A retired range keeps its pages, marked as no longer needed, until nothing
/// can reach it. Views of files have no guard pages: nothing can be put beside them.
/// </remarks>
internal sealed unsafe class WindowsHostMemory : IHostMemorySystem
{
    // Documented as SYSTEM_INFO.dwAllocationGranularity, and 64 KiB on every Windows there is.
    public ulong MappingGranularity => 64 << 10;

    public MappingHandle MapAnonymous(ulong size, MappingOptions options)
    {
        uint pages = 0;
        if (options.HugePages == HugePages.Size1G)
            throw new PlatformNotSupportedException("Windows has no 1 GiB pages to ask for.");

        if (options.HugePages == HugePages.Size2M)
            pages = Kernel32.MEM_LARGE_PAGES;

        // Large pages are committed with their reservation and cannot have guards inside it.
        ulong guard = options.GuardPages && pages == 0 ? PageSize.Host.Bytes : 0;
        ulong reserved = size + (2 * guard);
        uint type = Kernel32.MEM_RESERVE | pages | (guard == 0 ? Kernel32.MEM_COMMIT : 0);
        uint protection = guard == 0 ? Kernel32.PAGE_READWRITE : Kernel32.PAGE_NOACCESS;
        void* reservation = Kernel32.VirtualAlloc(null, (nuint)reserved, type, protection);
        if (reservation == null)
        {
            string? advice = pages != 0 ? "Large pages need the right to lock pages in memory." : null;
            throw Failed($"reserve {reserved} bytes of address space", advice);
        }

        byte* address = (byte*)reservation + guard;
        if (guard != 0 && Kernel32.VirtualAlloc(address, (nuint)size, Kernel32.MEM_COMMIT, Kernel32.PAGE_READWRITE) == null)
        {
            HostMemoryException failure = Failed($"commit {size} bytes");
            if (!Kernel32.VirtualFree(reservation, 0, Kernel32.MEM_RELEASE))
                throw Failed($"give back a reservation of {reserved} bytes");

            throw failure;
        }

        var mapping = new MappingHandle(this, reservation, reserved, address, size)
        {
            HugePageBytes = options.HugePageBytes,
            IsAnonymous = true,
        };
        return Populate(mapping, options, canWrite: true);
    }

    public MappingHandle MapFile(
        SafeHandle file, FileKind kind, ulong offset, ulong size, FileSharing sharing, MappingOptions options)
    {
        RefuseHugePages(options);
        if (kind == FileKind.SharedMemory)
            return MapView(file, offset, size, sharing, options);

        uint protection = sharing switch
        {
            FileSharing.Shared => Kernel32.PAGE_READWRITE,
            FileSharing.CopyOnWrite => Kernel32.PAGE_WRITECOPY,
            _ => Kernel32.PAGE_READONLY,
        };
        using SafeFileHandle section = CreateSection(file.DangerousGetHandle(), size: 0, protection, "make a mapping of a file");
        GC.KeepAlive(file);
        return MapView(section, offset, size, sharing, options);
    }

    public SafeFileHandle CreateSharedFile(string name, ulong size, MappingOptions options)
    {
        RefuseHugePages(options);
        return CreateSection(-1, size, Kernel32.PAGE_READWRITE | Kernel32.SEC_COMMIT, $"make {size} bytes of shared memory");
    }

    // A section's size never changes.
    public void RequireFixedSize(SafeFileHandle file)
    {
    }

    public void Retire(MappingHandle mapping)
    {
        // A view of a file has nothing to give back: its pages are the file's.
        if (mapping.IsAnonymous && mapping.HugePageBytes == 0)
            Reset(mapping.Address, mapping.Size);
    }

    // The content has to be zero afterwards, and a reset alone promises nothing about it.
    public bool TryDiscard(
        MappingHandle mapping, ulong offset, ulong size, [NotNullWhen(false)] out HostMemoryException? failure)
    {
        // In bounds: HostMapping checked offset and size against the mapping, which its caller holds.
        NativeMemory.Clear(mapping.Address + offset, (nuint)size);
        failure = null;
        return true;
    }

    public bool Release(MappingHandle mapping)
        => mapping.IsFileView
            ? Kernel32.UnmapViewOfFile(mapping.RangeStart)
            : Kernel32.VirtualFree(mapping.RangeStart, 0, Kernel32.MEM_RELEASE);

    private MappingHandle MapView(SafeHandle section, ulong offset, ulong size, FileSharing sharing, MappingOptions options)
    {
        uint access = sharing switch
        {
            FileSharing.Shared => Kernel32.FILE_MAP_READ | Kernel32.FILE_MAP_WRITE,
            FileSharing.CopyOnWrite => Kernel32.FILE_MAP_COPY,
            _ => Kernel32.FILE_MAP_READ,
        };
        void* view = Kernel32.MapViewOfFile(section, access, (uint)(offset >> 32), (uint)offset, (nuint)size);
        if (view == null)
            throw Failed($"map {size} bytes of a file");

        var mapping = new MappingHandle(this, view, size, (byte*)view, size) { IsFileView = true };
        return Populate(mapping, options, canWrite: sharing != FileSharing.ReadOnly);
    }

    private static SafeFileHandle CreateSection(nint file, ulong size, uint protection, string attempt)
    {
        nint section = Kernel32.CreateFileMapping(file, null, protection, (uint)(size >> 32), (uint)size, null);
        return section != 0 ? new SafeFileHandle(section, ownsHandle: true) : throw Failed(attempt);
    }

    private static MappingHandle Populate(MappingHandle mapping, MappingOptions options, bool canWrite)
    {
        if (!options.Populate)
            return mapping;

        for (ulong offset = 0; offset < mapping.Size; offset += PageSize.Host.Bytes)
        {
            // In bounds by the loop's condition; the handle is held by the caller. Nobody else uses the memory yet.
            byte content = Volatile.Read(ref mapping.Address[offset]);
            if (canWrite)
                Volatile.Write(ref mapping.Address[offset], content);
        }

        return mapping;
    }

    private static void Reset(void* address, ulong size)
    {
        if (Kernel32.VirtualAlloc(address, (nuint)size, Kernel32.MEM_RESET, Kernel32.PAGE_READWRITE) == null)
            throw Failed($"give back {size} bytes of memory");
    }

    private static void RefuseHugePages(MappingOptions options)
    {
        if (options.HugePageBytes != 0)
            throw new PlatformNotSupportedException("Shared memory and files are not mapped in huge pages on Windows.");
    }

    private static HostMemoryException Failed(string attempt, string? advice = null)
        => new(attempt, Marshal.GetLastPInvokeError(), advice);
}
