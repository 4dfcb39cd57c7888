using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Memory;

/// <summary>What the operating system does for host memory: the one place where systems differ.</summary>
internal interface IHostMemorySystem
{
    /// <summary>The multiple that offsets into a shared file have to keep when it is mapped.</summary>
    ulong MappingGranularity { get; }

    /// <summary>Maps fresh zero pages.</summary>
    MappingHandle MapAnonymous(ulong size, MappingOptions options);

    /// <summary>Maps part of a file or of a shared memory file.</summary>
    MappingHandle MapFile(SafeHandle file, FileKind kind, ulong offset, ulong size, FileSharing sharing, MappingOptions options);

    /// <summary>Makes a nameless file in memory whose size nobody can change.</summary>
    SafeFileHandle CreateSharedFile(string name, ulong size, MappingOptions options);

    /// <summary>Throws unless the size of a shared memory file that came from elsewhere can be relied on.</summary>
    void RequireFixedSize(SafeFileHandle file);

    /// <summary>Ends the use of a whole mapping at once, but keeps its address range: stragglers read zeros.</summary>
    void Retire(MappingHandle mapping);

    /// <summary>Replaces whole pages within a mapping by zeros and gives their memory back to the system; false where it
    /// refuses.</summary>
    bool TryDiscard(MappingHandle mapping, ulong offset, ulong size, [NotNullWhen(false)] out HostMemoryException? failure);

    /// <summary>Gives the address range back to the system; false where it refuses.</summary>
    bool Release(MappingHandle mapping);
}
