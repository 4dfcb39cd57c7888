namespace Lodge.Cli;

/// <summary>How long the parts of a run took.</summary>
internal sealed class CallTimings(int repeat)
{
    private readonly List<TimeSpan> _calls = new(repeat);
    private readonly List<TimeSpan> _restores = [];

    /// <summary>From the file to a guest that takes calls.</summary>
    public TimeSpan Create { get; set; }

    /// <summary>All calls in their order.</summary>
    public IReadOnlyList<TimeSpan> Calls => _calls;

    public void AddCall(TimeSpan duration) => _calls.Add(duration);

    public void AddRestore(TimeSpan duration) => _restores.Add(duration);

    /// <summary>Writes it down. The first call is counted apart: it warms things up.</summary>
    public TimingReport ToReport() => new(
        Create.TotalMicroseconds,
        _calls[0].TotalMicroseconds,
        DurationStatistics.Of([.. _calls.Skip(1)]),
        DurationStatistics.Of([.. _restores]));
}
