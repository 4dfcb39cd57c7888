namespace Lodge.Cli;

/// <summary>What an engine can do here.</summary>
internal sealed record EngineReport
{
    public required string Name { get; init; }

    public required bool IsAvailable { get; init; }

    /// <summary>Why it is not, and what to do.</summary>
    public string? MissingBecause { get; init; }

    /// <summary>Whether <c>--engine auto</c> takes it.</summary>
    public bool IsBest { get; init; }

    /// <summary>What its probe saw; nothing where it did not get so far.</summary>
    public ProbeReport? Probe { get; init; }

    /// <summary>Why its probe did not get so far.</summary>
    public string? ProbeFailure { get; init; }

    /// <summary>Whether it runs what every guest needs.</summary>
    public bool Works => Probe is { RunsIntegerCode: true };

    /// <summary>Tries an engine.</summary>
    public static EngineReport Of(IMachineEngine engine)
    {
        var report = new EngineReport
        {
            Name = engine.Name,
            IsAvailable = engine.IsAvailable,
            MissingBecause = engine.MissingBecause,
        };
        if (!report.IsAvailable)
            return report;

        try
        {
            return report with { Probe = new ProbeReport(engine.Name, engine.Probe()) };
        }
        catch (MachineException problem)
        {
            return report with { ProbeFailure = problem.Message };
        }
    }
}
