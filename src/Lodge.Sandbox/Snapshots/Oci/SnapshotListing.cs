namespace Lodge.Sandbox;

/// <summary>Makes a list of the snapshots that an image layout has.</summary>
/// <remarks>An index may have tens of thousands of entries. Each manifest is read once, and not without end.</remarks>
internal sealed class SnapshotListing(OciLayout layout, long mostBytes = SnapshotListing.MostManifestBytes)
{
    // A usual manifest has some 2 KiB, and the largest index room for some 60,000 entries.
    private const long MostManifestBytes = 256 << 20;

    // How many bytes belong to a manifest of a snapshot; none where it is another one. A size that is not the file's is an error
    // when it is met, also where the file was read with the right one.
    private readonly Dictionary<(string Digest, long Size), long?> _known = [];
    private long _read;

    /// <summary>What the list says of an entry of an index; null where it is no snapshot with a tag.</summary>
    public StoredSnapshot? Describe(OciDescriptor descriptor)
    {
        if (descriptor.Tag is not { } tag || descriptor.MediaType != OciManifest.ManifestMediaType)
            return null;

        if (!_known.TryGetValue((descriptor.Digest, descriptor.Size), out long? bytes))
        {
            bytes = Read(descriptor);
            _known.Add((descriptor.Digest, descriptor.Size), bytes);
        }

        return bytes is { } known ? new StoredSnapshot(tag, descriptor.Digest, known) : null;
    }

    /// <summary>How many bytes belong to a manifest, its own with them.</summary>
    public static long SizeOf(OciDescriptor descriptor, OciManifest manifest)
        => manifest.Layers.Aggregate(
            unchecked(descriptor.Size + manifest.Config.Size), static (sum, layer) => unchecked(sum + layer.Size));

    private long? Read(OciDescriptor descriptor)
    {
        if (descriptor.Size > mostBytes - _read)
            throw new SnapshotException($"{layout.Folder} has manifests of more than {mostBytes} bytes, which is the most.");

        OciManifest manifest = SnapshotReader.ReadManifest(layout, descriptor);
        _read += descriptor.Size;
        return manifest.Config.MediaType == SnapshotDocument.MediaType ? SizeOf(descriptor, manifest) : null;
    }
}
