namespace Lodge.Cli;

/// <summary>What was made, as <c>--json</c> writes it.</summary>
/// <param name="Folder">Where, as it was asked for.</param>
/// <param name="Files">Below the folder, with <c>/</c> between folders.</param>
/// <param name="Next">What to type next.</param>
internal sealed record NewReport(string Folder, IReadOnlyList<string> Files, IReadOnlyList<string> Next);
