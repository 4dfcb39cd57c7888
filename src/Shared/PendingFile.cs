using Microsoft.Win32.SafeHandles;

namespace Lodge;

/// <summary>A file that appears under its name when it is complete, or never. On Unix only its owner may read it: it is the
/// memory of somebody's guest.</summary>
internal sealed class PendingFile : IDisposable
{
    private const int MostAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly string _temporary;
    private bool _isCommitted;

    /// <summary>Creates the file, in a folder that is there, under a name that nobody looks for.</summary>
    public PendingFile(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Guid.NewGuid():n}.new");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        try
        {
            Stream = new FileStream(_temporary, options);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw InWordsOfPath(problem);
        }
    }

    public FileStream Stream { get; }

    public SafeFileHandle Handle => Stream.SafeFileHandle;

    /// <summary>Has the content reach the disk, and gives it its name.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        for (int attempt = 1; !TryMove(attempt); attempt++)
            Thread.Sleep(Pause);

        _isCommitted = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_isCommitted)
            TryDelete();
    }

    // Nobody has asked for the temporary name.
    private Exception InWordsOfPath(Exception problem)
    {
        string message = problem.Message.Replace(_temporary, _path, StringComparison.Ordinal);
        return problem switch
        {
            UnauthorizedAccessException => new UnauthorizedAccessException(message, problem),
            DirectoryNotFoundException => new DirectoryNotFoundException(message, problem),
            _ => new IOException(message, problem) { HResult = problem.HResult },
        };
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

    private void TryDelete()
    {
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Who called hears of what went wrong first, which is the reason of this mostly.
        }
    }
}
