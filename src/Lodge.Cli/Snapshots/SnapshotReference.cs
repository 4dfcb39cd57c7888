namespace Lodge.Cli;

/// <summary>A stored snapshot, as <c>FOLDER:TAG</c>.</summary>
/// <param name="Folder">The store's folder.</param>
/// <param name="Tag">The snapshot's name in it.</param>
internal sealed record SnapshotReference(string Folder, string Tag)
{
    /// <exception cref="UsageException">It is none.</exception>
    public static SnapshotReference Parse(string text)
        => TryParse(text) ?? throw new UsageException($"{text} is no snapshot: that is a folder and a tag, as in snapshots:clean.");

    /// <summary>What a text says, if it looks like a folder and a tag.</summary>
    public static SnapshotReference? TryParse(string text)
    {
        // A tag has none of the characters that separate names of files, so that C:\guest.elf is a file.
        int colon = text.LastIndexOf(':');
        return colon > 0 && colon < text.Length - 1 && !text.AsSpan(colon).ContainsAny('/', '\\')
            ? new SnapshotReference(text[..colon], text[(colon + 1)..])
            : null;
    }

    /// <summary>What a text says, if it is a folder that exists and a tag; another text is a file's name.</summary>
    public static SnapshotReference? TryFind(string text)
        => TryParse(text) is { } reference && Directory.Exists(reference.Folder) && !File.Exists(text) ? reference : null;

    /// <summary>Loads it.</summary>
    public Snapshot Load(bool isTrusted)
        => SnapshotFolder.Open(Folder).Load(Tag, new SnapshotLoadOptions { IsTrusted = isTrusted });
}
