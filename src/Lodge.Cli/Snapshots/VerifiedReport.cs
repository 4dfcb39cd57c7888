namespace Lodge.Cli;

/// <summary>A check of snapshots that are all sound, as <c>--json</c> writes it.</summary>
/// <param name="Snapshots">What became of each.</param>
internal sealed record VerifiedReport(IReadOnlyList<VerifyReport> Snapshots);
