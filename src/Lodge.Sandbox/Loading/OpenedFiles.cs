using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>Files that guests find in their memory, open until they are there.</summary>
internal sealed class OpenedFiles : IDisposable
{
    private const ulong Page = SandboxLayout.PageBytes;

    private readonly List<(SafeFileHandle Handle, ulong Bytes, bool IsTrusted)> _files = [];

    /// <exception cref="IOException">A file cannot be opened.</exception>
    /// <exception cref="ArgumentException">A file is empty, or there are too many.</exception>
    public OpenedFiles(IEnumerable<MappedFile> files)
    {
        try
        {
            foreach (MappedFile file in files)
                Add(file);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The sizes in bytes.</summary>
    public ImmutableArray<ulong> Sizes => [.. _files.Select(static file => file.Bytes)];

    /// <summary>Adds the layers with the files' content, where a layout has them.</summary>
    /// <exception cref="IOException">A file has changed meanwhile, or cannot be read.</exception>
    public void AddLayers(SandboxLayout layout, ImmutableArray<SnapshotLayer>.Builder layers)
    {
        for (int i = 0; i < _files.Count; i++)
        {
            (SafeFileHandle handle, ulong bytes, bool isTrusted) = _files[i];
            GuestAddress start = layout.MappedFiles[i].Start;

            // Behind the end of a file that is mapped nothing can be said of the page's rest.
            ulong mapped = isTrusted ? bytes & ~(Page - 1) : 0;
            if (mapped != 0)
                Add(MemoryRegion.MapTrustedFile(start, handle, 0, mapped, FileSharing.ReadOnly));

            if (mapped != bytes)
                Add(FileMemory.CopyOf(start + mapped, handle, mapped, bytes - mapped, RegionOptions.ReadOnly));
        }

        void Add(MemoryRegion region)
            => layers.Add(new SnapshotLayer(SandboxRegionKind.MappedFile, region, MemoryAccess.ReadWrite));
    }

    public void Dispose()
    {
        foreach ((SafeFileHandle handle, _, _) in _files)
            handle.Dispose();
    }

    private void Add(MappedFile file)
    {
        if (_files.Count == SnapshotLimits.MostMappedFiles)
            throw new ArgumentException($"More than {SnapshotLimits.MostMappedFiles} files are to be mapped, which is the most.");

        SafeFileHandle handle = RegularFile.Open(file.Path, followsLink: true);
        var bytes = (ulong)RandomAccess.GetLength(handle);
        _files.Add((handle, bytes, file.IsTrusted));
        if (bytes == 0)
            throw new ArgumentException($"The file {file.Path} that is to be mapped is empty.");
    }
}
