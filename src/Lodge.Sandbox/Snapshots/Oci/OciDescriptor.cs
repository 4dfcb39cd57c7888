using System.Text.Json.Serialization;

namespace Lodge.Sandbox;

/// <summary>Says of a blob what it is, how many bytes it has, and by its digest which (OCI image specification,
/// <c>descriptor.md</c>).</summary>
internal sealed record OciDescriptor
{
    public required string MediaType { get; init; }

    public required string Digest { get; init; }

    public required long Size { get; init; }

    public string? ArtifactType { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>The name that an index gives it.</summary>
    [JsonIgnore]
    public string? Tag => Annotations?.GetValueOrDefault(OciIndex.TagAnnotation);
}
