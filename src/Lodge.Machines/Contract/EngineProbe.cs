namespace Lodge.Machines;

/// <summary>What an engine was seen to execute in ring 0.</summary>
/// <remarks>Engines that virtualise are expected to run everything; one that runs inside of another hypervisor may not.</remarks>
public sealed record EngineProbe
{
    /// <summary>Integer code, memory and port I/O: what every guest needs.</summary>
    public bool RunsIntegerCode { get; init; }

    /// <summary>SSE2 instructions in ring 0.</summary>
    public bool RunsSse { get; init; }

    /// <summary>Software interrupts (<c>int n</c>) through the guest's own IDT, and <c>iretq</c>.</summary>
    public bool RunsSoftwareInterrupts { get; init; }

    /// <summary>Page faults through the guest's own IDT.</summary>
    public bool RunsPageFaults { get; init; }

    /// <summary>About how many instructions a second; a loop of some milliseconds was timed.</summary>
    public double InstructionsPerSecond { get; init; }

    /// <summary>What went wrong, a line each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Whether all of it runs.</summary>
    public bool RunsEverything => RunsIntegerCode && RunsSse && RunsSoftwareInterrupts && RunsPageFaults;
}
