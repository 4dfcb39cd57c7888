namespace Lodge.Sandbox;

/// <summary>Snapshots on disk: a folder that is an OCI image layout, whose files are named by their digests and shared by the
/// snapshots that have them.</summary>
/// <remarks>
/// <para>Tools for container images copy such folders to registries and back, as artifacts of the type
/// <c>application/vnd.lodge.snapshot.v1+json</c>. The files are the memory of guests, and readable by their owner alone.</para>
/// <para>Digests show damage and mistakes. They say nothing of who made a snapshot; a guest is not trusted in any
/// case.</para>
/// <para>Thread-safe, also between processes: a reader sees the index as it was before a change, or after it.</para>
/// </remarks>
public sealed class SnapshotStore
{
    private readonly OciLayout _layout;

    /// <summary>A store in a folder, which is made when the first snapshot is saved.</summary>
    /// <param name="folder">The folder.</param>
    public SnapshotStore(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _layout = new OciLayout(folder);
    }

    /// <summary>The folder.</summary>
    public string Folder => _layout.Folder;

    /// <summary>Whether the folder is an image layout already, of whatever images. One that is damaged is one too.</summary>
    public bool Exists => _layout.Exists;

    /// <summary>Saves a snapshot. What it shares with a saved one is compared with that, and not written again; where it was
    /// altered meanwhile, it is.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="tag">Its name in the store: a letter or digit, then at most 127 letters, digits, and <c>. _ -</c>. A snapshot
    /// that has it loses it.</param>
    /// <exception cref="ArgumentException">The tag is none.</exception>
    /// <exception cref="SnapshotException">The folder is something else, or its lock is no file.</exception>
    /// <exception cref="IOException">Something could not be written; the tag is as it was.</exception>
    public StoredSnapshot Save(Snapshot snapshot, string tag)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        RequireTag(tag);
        _layout.ReadIndex();
        SnapshotState state = snapshot.Hold();
        try
        {
            return SnapshotWriter.Write(_layout, state, tag);
        }
        finally
        {
            state.Release();
        }
    }

    /// <summary>Loads a snapshot.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="options">How; with every digest checked, where nothing is said.</param>
    /// <exception cref="ArgumentException">The tag is none.</exception>
    /// <exception cref="SnapshotException">There is no snapshot of this name, or it is damaged, too large, or something else. Of a
    /// damaged one nothing is mapped.</exception>
    /// <exception cref="IOException">A file could not be read.</exception>
    /// <exception cref="HostMemoryException">The system has no memory for it.</exception>
    public Snapshot Load(string tag, SnapshotLoadOptions? options = null)
    {
        options ??= SnapshotLoadOptions.Default;
        return new Snapshot(SnapshotReader.Open(_layout, Find(tag), options.MostBytes).Load(options.IsTrusted));
    }

    /// <summary>Reads all files of a snapshot, and checks their digests and what they say.</summary>
    /// <inheritdoc cref="Load"/>
    public void Verify(string tag, SnapshotLoadOptions? options = null)
    {
        options = (options ?? SnapshotLoadOptions.Default) with { IsTrusted = false };
        Load(tag, options).Dispose();
    }

    /// <summary>What is in the store, by tag. Of other images and artifacts in the folder nothing is said.</summary>
    /// <exception cref="SnapshotException">The folder is something else, or damaged, or says more than anybody would
    /// read.</exception>
    public IReadOnlyList<StoredSnapshot> List()
    {
        var listing = new SnapshotListing(_layout);
        return
        [
            .. _layout.ReadIndex().Manifests
                .Select(listing.Describe)
                .OfType<StoredSnapshot>()
                .OrderBy(static snapshot => snapshot.Tag, StringComparer.Ordinal),
        ];
    }

    private OciDescriptor Find(string tag)
    {
        RequireTag(tag);
        OciIndex index = _layout.ReadIndex();
        return index.Manifests.Find(manifest => manifest.Tag == tag)
            ?? throw new SnapshotException($"There is no snapshot {tag} in {Folder}.");
    }

    // What is a tag for every tool, and needs no quoting.
    private static void RequireTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        if (tag.Length > 128 || !char.IsAsciiLetterOrDigit(tag[0])
            || tag.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
        {
            throw new ArgumentException(
                "A tag is a letter or digit, and then at most 127 letters, digits, and . _ -", nameof(tag));
        }
    }
}
