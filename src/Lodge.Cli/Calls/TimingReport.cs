namespace Lodge.Cli;

/// <summary>The times of a run, in microseconds.</summary>
/// <param name="Create">From the file to a guest that takes calls.</param>
/// <param name="FirstCall">The first call.</param>
/// <param name="Calls">The calls after the first.</param>
/// <param name="Restores">The restores between calls.</param>
internal sealed record TimingReport(
    double Create, double FirstCall, DurationStatistics? Calls, DurationStatistics? Restores)
{
    public string Unit { get; } = "us";
}
