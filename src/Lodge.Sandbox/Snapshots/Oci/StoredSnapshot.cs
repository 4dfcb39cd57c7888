namespace Lodge.Sandbox;

/// <summary>A snapshot in a <see cref="SnapshotStore"/>.</summary>
/// <param name="Tag">Its name there.</param>
/// <param name="Digest">What it is, whatever its name: the digest of its manifest.</param>
/// <param name="Bytes">How many bytes its files have together. Files that several snapshots have count for each of
/// them.</param>
public sealed record StoredSnapshot(string Tag, string Digest, long Bytes);
