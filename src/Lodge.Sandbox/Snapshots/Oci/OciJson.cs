using System.Text.Json.Serialization;

namespace Lodge.Sandbox;

/// <summary>The documents of an image layout as JSON.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    Converters = [typeof(HexConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    MaxDepth = 12,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(OciLayoutMarker))]
[JsonSerializable(typeof(OciIndex))]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(SnapshotDocument))]
internal sealed partial class OciJson : JsonSerializerContext;
