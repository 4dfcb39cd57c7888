using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lodge.Sandbox.Tests;

/// <summary>Changes a stored snapshot as somebody would who knows the format: with digests and sizes that fit.</summary>
internal sealed class StoreEditor(string folder)
{
    public string IndexPath => Path.Combine(folder, "index.json");

    public JsonNode Index => JsonNode.Parse(File.ReadAllBytes(IndexPath))!;

    public JsonNode Marker => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "oci-layout")))!;

    /// <summary>Every file of the layout.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Where(static path => !path.EndsWith(".lock", StringComparison.Ordinal));

    /// <summary>The blobs of now: more may come while they are looked at.</summary>
    public string[] Blobs => Directory.GetFiles(Path.Combine(folder, "blobs", "sha256"));

    public string PathOfBlob(string digest) => Path.Combine(folder, "blobs", "sha256", digest["sha256:".Length..]);

    /// <summary>Changes the snapshot's own document.</summary>
    public void EditConfig(Action<JsonNode> edit) => EditManifest(manifest => manifest["config"] = Edit(manifest["config"]!, edit));

    public void EditManifest(Action<JsonNode> edit) => EditIndex(index => index["manifests"]![0] = Edit(index["manifests"]![0]!, edit));

    public void EditIndex(Action<JsonNode> edit)
    {
        JsonNode index = Index;
        edit(index);
        File.WriteAllText(IndexPath, index.ToJsonString());
    }

    /// <summary>Adds a blob of these bytes to the manifest.</summary>
    /// <returns>Its digest.</returns>
    public string AddBlob(byte[] bytes, string mediaType = "application/octet-stream")
    {
        string digest = Write(bytes);
        EditManifest(manifest => manifest["layers"]!.AsArray().Add(new JsonObject
        {
            ["mediaType"] = mediaType,
            ["digest"] = digest,
            ["size"] = bytes.Length,
        }));
        return digest;
    }

    /// <summary>Writes a blob that nobody knows.</summary>
    public string Write(byte[] bytes)
    {
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllBytes(PathOfBlob(digest), bytes);
        return digest;
    }

    public static ulong Hex(JsonNode node)
        => ulong.Parse(node.GetValue<string>().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private JsonNode Edit(JsonNode descriptor, Action<JsonNode> edit)
    {
        JsonNode document = JsonNode.Parse(File.ReadAllBytes(PathOfBlob(descriptor["digest"]!.GetValue<string>())))!;
        edit(document);
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
        JsonNode changed = descriptor.DeepClone();
        changed["digest"] = Write(bytes);
        changed["size"] = bytes.Length;
        return changed;
    }
}
