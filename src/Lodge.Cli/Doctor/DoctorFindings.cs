using System.Globalization;

namespace Lodge.Cli;

/// <summary>Says what a report means.</summary>
internal static class DoctorFindings
{
    private const string NotKnown = "not known here";

    public static IReadOnlyList<DoctorFinding> Of(DoctorReport report)
        =>
        [
            .. report.Engines.Select(Engine),
            .. Advice(report.Engines),
            Pool(report.HugePages),
            Transparent(report.HugePages),
            report.PageWriteTracking.IsAvailable
                ? new("page writes", true, "tracking", "writes to a mapping by anybody can be tracked")
                : new("page writes", false, "tracking", report.PageWriteTracking.MissingBecause!),
            .. Memory(report.Memory),
        ];

    private static DoctorFinding Engine(EngineReport engine)
    {
        if (!engine.IsAvailable)
            return new("engines", false, engine.Name, engine.MissingBecause!);

        if (engine.Probe is not { } probe)
            return new("engines", false, engine.Name, $"its probe failed: {engine.ProbeFailure}");

        string speed = probe.InstructionsPerSecond is { } each
            ? string.Create(
                CultureInfo.InvariantCulture, $", about {each / 1e6:N0} million instructions a second in a short probe")
            : "";
        string runs = probe.RunsEverything
            ? "runs everything"
            : $"does not run {string.Join(", ", MissingIn(probe))} in ring 0";
        string best = engine.IsBest ? "; --engine auto takes it" : "";
        string remarks = probe.Remarks.Count == 0 ? "" : $" ({string.Join("; ", probe.Remarks)})";
        return new("engines", probe.RunsEverything, engine.Name, $"{runs}{speed}{best}{remarks}");
    }

    private static IEnumerable<DoctorFinding> Advice(IReadOnlyList<EngineReport> engines)
    {
        if (!engines.Any(static engine => engine is { Name: DoctorCommand.Software, Probe.RunsEverything: true }))
            return [];

        return
            from probe in engines.Select(static engine => engine.Probe).OfType<ProbeReport>()
            where probe is { RunsIntegerCode: true, RunsEverything: false }
            let missing = string.Join(" or ", MissingIn(probe))
            select new DoctorFinding("engines", null, "", $"guests that need {missing} run on the software engine here");
    }

    private static IEnumerable<string> MissingIn(ProbeReport probe)
    {
        (bool Runs, string What)[] kinds =
        [
            (probe.RunsIntegerCode, "integer code"),
            (probe.RunsSse, "SSE2"),
            (probe.RunsSoftwareInterrupts, "software interrupts"),
            (probe.RunsPageFaults, "page faults"),
        ];
        return from kind in kinds where !kind.Runs select kind.What;
    }

    private static DoctorFinding Pool(DoctorReport.HugePagesReport pages)
    {
        const string Topic = "huge pages";
        if (pages is not { Total: { } total, PageBytes: { } size })
            return new(Topic, false, "pool", "this system tells of none");

        string each = ByteSizeText.Format(size);
        return total == 0
            ? new(Topic, false, "pool", $"empty; as root: sysctl vm.nr_hugepages=64 reserves 64 of {each}")
            : new(Topic, true, "pool", string.Create(CultureInfo.InvariantCulture, $"{total} of {each}, {pages.Free} free"));
    }

    private static DoctorFinding Transparent(DoctorReport.HugePagesReport pages) => pages.Transparent switch
    {
        null => new("huge pages", false, "transparent", "this kernel has none"),
        "never" => new("huge pages", false, "transparent",
            "switched off; as root: echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"),
        var choice => new("huge pages", true, "transparent", choice == "madvise" ? "for memory that asks for them" : choice),
    };

    private static IEnumerable<DoctorFinding> Memory(DoctorReport.MemoryReport memory)
    {
        const string Topic = "memory";
        yield return new(Topic, null, "usable", ByteSizeText.Format(memory.Usable));
        yield return new(Topic, null, "available now", memory.Available is { } now ? ByteSizeText.Format(now) : NotKnown);
        yield return new(Topic, null, "cgroup limit", memory.CgroupLimit is { } most ? ByteSizeText.Format(most) : "none found");
        yield return new(Topic, null, "locked (ulimit -l)", Limit(memory.LockedLimit));
        yield return new(Topic, null, "addresses (ulimit -v)", Limit(memory.AddressSpaceLimit));
        yield return new(Topic, null, "mappings (vm.max_map_count)", memory.MostMappings is { } count ? $"{count}" : NotKnown);
    }

    private static string Limit(string? limit)
        => ulong.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
            ? ByteSizeText.Format(bytes)
            : limit ?? NotKnown;
}
