namespace Lodge.Machines.Tests;

/// <summary>What engines lack of what tests need.</summary>
internal static class EngineNeeds
{
    /// <summary>Why an engine cannot do what is needed in ring 0, or nothing.</summary>
    public static string? WhyNot(IMachineEngine engine, BareNeeds needs)
    {
        if (!engine.IsAvailable || needs == BareNeeds.None)
            return engine.MissingBecause;

        EngineProbe probe = engine.Probe();
        return Lacks(BareNeeds.Sse, probe.RunsSse, "SSE")
            ?? Lacks(BareNeeds.Interrupts, probe.RunsSoftwareInterrupts, "software interrupts")
            ?? Lacks(BareNeeds.PageFaults, probe.RunsPageFaults, "page faults through the guest's IDT");

        string? Lacks(BareNeeds need, bool isThere, string what)
            => isThere || (needs & need) == 0
                ? null
                : $"{engine.Name} does not run {what} in ring 0 here: {string.Join(' ', probe.Remarks)}";
    }
}
