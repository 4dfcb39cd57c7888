using Microsoft.Win32.SafeHandles;

namespace Lodge.Sandbox;

/// <summary>A file that appears under its name when it is complete, or never. Only its owner may read it: it is the memory of
/// somebody's guest.</summary>
internal sealed class PendingFile : IDisposable
{
    private const int MostAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private bool _isCommitted;

    public PendingFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        _path = path;
        _temporary = Path.Combine(folder, $".{Guid.NewGuid():n}.new");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        _file = new FileStream(_temporary, options);
    }

    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Has the content reach the disk, and gives it its name.</summary>
    public void Commit()
    {
        RandomAccess.FlushToDisk(Handle);
        _file.Dispose();
        for (int attempt = 1; !TryMove(attempt); attempt++)
            Thread.Sleep(Pause);

        _isCommitted = true;
    }

    // Windows replaces no file that somebody reads at the moment.
    private bool TryMove(int attempt)
    {
        try
        {
            File.Move(_temporary, _path, overwrite: true);
            return true;
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && attempt < MostAttempts)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isCommitted)
            File.Delete(_temporary);
    }
}
