namespace Lodge.Cli;

/// <summary>A stored snapshot as <c>--json</c> writes it.</summary>
internal sealed class SnapshotReport(string folder, StoredSnapshot snapshot)
{
    public string Folder { get; } = folder;

    public string Tag { get; } = snapshot.Tag;

    public string Digest { get; } = snapshot.Digest;

    /// <summary>Of all its files, also those that other snapshots have too.</summary>
    public long Bytes { get; } = snapshot.Bytes;
}
