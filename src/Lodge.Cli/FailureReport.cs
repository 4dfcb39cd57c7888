namespace Lodge.Cli;

/// <summary>A failure as <c>--json</c> writes it.</summary>
internal sealed class FailureReport(Failure failure)
{
    public int ExitCode { get; } = failure.ExitCode;

    public ErrorReport Error { get; } = new(failure.Kind, failure.Code, failure.Number, failure.Message);

    public IReadOnlyList<VerifyReport>? Snapshots { get; } = failure.Snapshots;

    /// <param name="Kind">A word for it.</param>
    /// <param name="Code">The guest's, by its name where it has one.</param>
    /// <param name="Number">The guest's.</param>
    /// <param name="Message">A sentence.</param>
    internal sealed record ErrorReport(string Kind, string? Code, ulong? Number, string Message);
}
