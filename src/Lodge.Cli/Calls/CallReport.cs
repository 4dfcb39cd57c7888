namespace Lodge.Cli;

/// <summary>A run as <c>--json</c> writes it.</summary>
internal sealed class CallReport
{
    public required string Guest { get; init; }

    public required string Function { get; init; }

    public required string Engine { get; init; }

    public required int Calls { get; init; }

    /// <summary>Of the last call.</summary>
    public required ValueReport Result { get; init; }

    public TimingReport? Timing { get; init; }
}
