namespace Lodge.Cli;

/// <summary>What this host has for sandboxes. Sizes are in bytes.</summary>
internal sealed record DoctorReport
{
    public required IReadOnlyList<EngineReport> Engines { get; init; }

    public required HugePagesReport HugePages { get; init; }

    public required PageWriteReport PageWriteTracking { get; init; }

    public required MemoryReport Memory { get; init; }

    /// <summary>Looks at the host.</summary>
    public static DoctorReport Of(ToolContext context)
    {
        List<EngineReport> engines = [.. context.Engines.Select(EngineReport.Of)];

        // The same choice as Machines.Best makes, of engines that were just tried.
        int best = engines.FindIndex(static engine => engine.Probe is { RunsEverything: true });
        if (best < 0)
            best = engines.FindIndex(static engine => engine.Name == DoctorCommand.Software);

        if (best >= 0)
            engines[best] = engines[best] with { IsBest = true };

        HostFiles files = context.HostFiles;
        return new DoctorReport
        {
            Engines = engines,
            HugePages = new HugePagesReport(
                files.TryReadMemoryInfo("HugePages_Total"),
                files.TryReadMemoryInfo("HugePages_Free"),
                files.TryReadMemoryInfo("Hugepagesize"),
                ChosenOf(files.TryRead("sys/kernel/mm/transparent_hugepage/enabled"))),
            PageWriteTracking = new PageWriteReport(PageWriteTracker.IsSupported, PageWriteTracker.UnsupportedReason),
            Memory = new MemoryReport(
                (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                files.TryReadMemoryInfo("MemAvailable"),
                files.TryReadCgroupLimit(),
                files.TryReadLimit("Max locked memory"),
                files.TryReadLimit("Max address space"),
                files.TryReadNumber("proc/sys/vm/max_map_count")),
        };
    }

    // As in "always [madvise] never".
    private static string? ChosenOf(string? choices)
        => choices?.Split(' ').FirstOrDefault(static word => word.StartsWith('['))?.Trim('[', ']');

    /// <param name="Total">How many the pool has.</param>
    /// <param name="Free">How many of them are free.</param>
    /// <param name="PageBytes">The size of one.</param>
    /// <param name="Transparent">When the kernel joins ordinary pages: always, madvise, never.</param>
    internal sealed record HugePagesReport(ulong? Total, ulong? Free, ulong? PageBytes, string? Transparent);

    /// <param name="IsAvailable">Whether writes to a mapping can be tracked.</param>
    /// <param name="MissingBecause">Why not.</param>
    internal sealed record PageWriteReport(bool IsAvailable, string? MissingBecause);

    /// <param name="Usable">What .NET takes for the memory that this process may use.</param>
    /// <param name="Available">What the system has free, or can free.</param>
    /// <param name="CgroupLimit">The least limit of the control groups.</param>
    /// <param name="LockedLimit">RLIMIT_MEMLOCK: a number of bytes, or unlimited.</param>
    /// <param name="AddressSpaceLimit">RLIMIT_AS: a number of bytes, or unlimited.</param>
    /// <param name="MostMappings">How many mappings a process may have.</param>
    internal sealed record MemoryReport(
        ulong Usable, ulong? Available, ulong? CgroupLimit, string? LockedLimit, string? AddressSpaceLimit, ulong? MostMappings);
}
