namespace Lodge.Cli;

/// <summary>What became of a check as <c>--json</c> writes it.</summary>
internal sealed class VerifyReport
{
    public required string Tag { get; init; }

    public required bool IsSound { get; init; }

    /// <summary>What is wrong with it.</summary>
    public string? Problem { get; init; }
}
