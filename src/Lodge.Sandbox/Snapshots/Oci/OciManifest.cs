namespace Lodge.Sandbox;

/// <summary>What belongs to one image or artifact (OCI image specification, <c>manifest.md</c>).</summary>
internal sealed record OciManifest
{
    public const string ManifestMediaType = "application/vnd.oci.image.manifest.v1+json";

    public required int SchemaVersion { get; init; }

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public required OciDescriptor Config { get; init; }

    public required List<OciDescriptor> Layers { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}
