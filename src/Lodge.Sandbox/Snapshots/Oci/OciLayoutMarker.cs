namespace Lodge.Sandbox;

/// <summary>What the file <c>oci-layout</c> says (OCI image specification, <c>image-layout.md</c>).</summary>
internal sealed record OciLayoutMarker
{
    public required string ImageLayoutVersion { get; init; }
}
