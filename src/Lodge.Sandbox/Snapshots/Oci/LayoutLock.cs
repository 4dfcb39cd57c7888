namespace Lodge.Sandbox;

/// <summary>The lock of an image layout: a file that one process at a time has open.</summary>
internal static class LayoutLock
{
    private const int MostAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a lock and takes it.</summary>
    /// <param name="path">The file that is the lock; it is made where there is none.</param>
    /// <exception cref="SnapshotException">What is there is no file that could be a lock.</exception>
    /// <exception cref="IOException">Somebody has it for long.</exception>
    public static FileStream Take(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Open(path);
            }
            catch (IOException) when (attempt < MostAttempts)
            {
                Thread.Sleep(Pause);
            }
        }
    }

    private static FileStream Open(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null || Directory.Exists(path))
            throw new SnapshotException($"{path} is a link or a folder, and no regular file that could be a lock.");

        // To create only what is not there follows no link, also none that appears meanwhile.
        FileMode mode = file.Exists ? FileMode.Open : FileMode.CreateNew;
        return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
    }
}
