using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>A file that appears under its name when it is complete, or never. Only its owner may read it: it is the memory of
/// somebody's guest.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _isCommitted;

    public PendingFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        _path = path;
        _temporary = Path.Combine(folder, $".{Guid.NewGuid():n}.new");
        Handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.ReadWrite);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Has the content reach the disk, and gives it its name.</summary>
    public void Commit()
    {
        RandomAccess.FlushToDisk(Handle);
        Handle.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (!_isCommitted)
            File.Delete(_temporary);
    }
}
