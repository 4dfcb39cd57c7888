namespace Lodge.Sandbox;

/// <summary>Writes a snapshot into an image layout: its memory, then what says where it belongs, then its tag.</summary>
internal static class SnapshotWriter
{
    public static StoredSnapshot Write(OciLayout layout, SnapshotState state, string tag)
    {
        var blobs = new List<OciDescriptor>();
        var document = new SnapshotDocument
        {
            FormatVersion = SnapshotDocument.CurrentVersion,
            Sizes = SnapshotDocument.SizesDocument.Of(state.Layout.Sizes),
            Entry = SnapshotDocument.EntryDocument.Of(state.Entry),
            Generation = (long)state.Generation,
            Memory = [.. state.Layers.Select(layer => WriteLayer(layout, layer, blobs))],
            PageTables = Add(blobs, layout.WriteBlob(SnapshotDocument.TablesMediaType, state.Tables)),
            Cpu = state.Cpu?.ToDocument(),
            Binary = WriteBinary(layout, state.Symbols, blobs),
        };
        OciDescriptor config = layout.WriteDocument(SnapshotDocument.MediaType, document, OciJson.Default.SnapshotDocument);
        var manifest = new OciManifest
        {
            SchemaVersion = 2,
            MediaType = OciManifest.ManifestMediaType,
            ArtifactType = SnapshotDocument.MediaType,
            Config = config,
            Layers = blobs,
        };
        OciDescriptor written = layout.WriteDocument(OciManifest.ManifestMediaType, manifest, OciJson.Default.OciManifest) with
        {
            ArtifactType = SnapshotDocument.MediaType,
            Annotations = new Dictionary<string, string> { [OciIndex.TagAnnotation] = tag },
        };
        layout.ChangeIndex(index => index with
        {
            Manifests = [.. index.Manifests.Where(other => other.Tag != tag), written],
        });
        return new StoredSnapshot(tag, written.Digest, SnapshotListing.SizeOf(written, manifest));
    }

    private static SnapshotDocument.MemoryDocument WriteLayer(OciLayout layout, SnapshotLayer layer, List<OciDescriptor> blobs) => new()
    {
        Region = new SandboxRegion(layer.Kind, layer.Region.Range, layer.Access).ToString(),
        Digest = layer.Kind == SandboxRegionKind.Heap
            ? null
            : Add(blobs, layout.WriteBlob(SnapshotDocument.MemoryMediaType, layer.Region.GetHostSlice())),
    };

    private static SnapshotDocument.BinaryDocument? WriteBinary(OciLayout layout, GuestSymbols symbols, List<OciDescriptor> blobs)
        => symbols.File.IsEmpty
            ? null
            : new()
            {
                Digest = Add(blobs, layout.WriteBlob(SnapshotDocument.BinaryMediaType, symbols.File.Span)),
                Slide = symbols.Slide,
            };

    private static string Add(List<OciDescriptor> blobs, OciDescriptor blob)
    {
        // Equal ones are one file.
        if (!blobs.Exists(other => other.Digest == blob.Digest))
            blobs.Add(blob);

        return blob.Digest;
    }
}
