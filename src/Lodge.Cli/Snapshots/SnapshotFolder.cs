namespace Lodge.Cli;

/// <summary>Folders with snapshots that are there already.</summary>
internal static class SnapshotFolder
{
    /// <summary>The store in a folder.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static SnapshotStore Open(string folder)
    {
        RequireNoFile(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder {folder}.");

        var store = new SnapshotStore(folder);
        return store.Exists ? store : throw new IOException($"{folder} is no store of snapshots: it has no oci-layout.");
    }

    /// <summary>Sees to it that a folder can be made where there is none.</summary>
    /// <exception cref="IOException">There is a file.</exception>
    public static void RequireNoFile(string folder)
    {
        if (File.Exists(folder))
            throw new IOException($"{folder} is a file, and no folder.");
    }
}
