namespace Lodge.Sandbox;

/// <summary>The list of what an image layout has (OCI image specification, <c>image-index.md</c>).</summary>
internal sealed record OciIndex
{
    public const string IndexMediaType = "application/vnd.oci.image.index.v1+json";

    /// <summary>The annotation of a manifest's descriptor that is its tag.</summary>
    public const string TagAnnotation = "org.opencontainers.image.ref.name";

    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; } = IndexMediaType;

    public required List<OciDescriptor> Manifests { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}
