namespace Lodge.Cli;

/// <summary>Snapshots were checked, and not all of them are sound.</summary>
/// <param name="reports">What became of each.</param>
internal sealed class UnsoundSnapshotsException(VerifyReport[] reports) : Exception(Describe(reports))
{
    public IReadOnlyList<VerifyReport> Reports { get; } = reports;

    private static string Describe(VerifyReport[] reports)
    {
        if (reports is [{ } only])
            return $"{only.Tag}: {only.Problem}";

        int count = reports.Count(static report => !report.IsSound);
        return $"{count} of {reports.Length} snapshots {(count == 1 ? "is" : "are")} not sound.";
    }
}
