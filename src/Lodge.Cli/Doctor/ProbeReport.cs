namespace Lodge.Cli;

/// <summary>What an engine was seen to execute.</summary>
internal sealed class ProbeReport(string engine, EngineProbe probe)
{
    public bool RunsIntegerCode { get; } = probe.RunsIntegerCode;

    public bool RunsSse { get; } = probe.RunsSse;

    public bool RunsSoftwareInterrupts { get; } = probe.RunsSoftwareInterrupts;

    public bool RunsPageFaults { get; } = probe.RunsPageFaults;

    public bool RunsEverything { get; } = probe.RunsEverything;

    /// <summary>About how fast it is. The software engine gets fast only when it and the guest's code are compiled, which takes
    /// longer than a probe: of it nothing is said.</summary>
    public double? InstructionsPerSecond { get; } = engine == DoctorCommand.Software ? null : probe.InstructionsPerSecond;

    /// <summary>What went wrong, a line each.</summary>
    public IReadOnlyList<string> Remarks { get; } = probe.Remarks;
}
