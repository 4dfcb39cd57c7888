using System.Globalization;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary>The times of a run, as a table.</summary>
internal static class TimingTable
{
    public static Table Of(TimingReport timing)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn("");
        foreach (string name in (ReadOnlySpan<string>)["count", "median", "p95", "min", "max"])
            table.AddColumn(new TableColumn(name).RightAligned());

        AddOne(table, "create", timing.Create);
        AddOne(table, "first call", timing.FirstCall);
        Add(table, "later calls", timing.Calls);
        Add(table, "restores", timing.Restores);
        return table;
    }

    private static void AddOne(Table table, string name, double microseconds)
        => table.AddRow(name, "1", Text(microseconds), "", "", "");

    private static void Add(Table table, string name, DurationStatistics? statistics)
    {
        if (statistics is not null)
        {
            table.AddRow(
                name,
                statistics.Count.ToString(CultureInfo.InvariantCulture),
                Text(statistics.Median),
                Text(statistics.P95),
                Text(statistics.Minimum),
                Text(statistics.Maximum));
        }
    }

    private static string Text(double microseconds) => DurationText.Format(TimeSpan.FromMicroseconds(microseconds));
}
