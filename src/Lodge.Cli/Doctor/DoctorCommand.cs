using System.CommandLine;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary><c>lodge doctor</c>: what this host has for sandboxes.</summary>
internal static class DoctorCommand
{
    /// <summary>The engine that has to work everywhere.</summary>
    public const string Software = "software";

    public static string[] Examples { get; } = ["lodge doctor", "lodge doctor --json"];

    public static Command Create(ToolContext context)
    {
        Option<bool> json = JsonText.Option();
        var command = new Command("doctor", "Says what this host has for sandboxes, what is missing, and how to get it.");
        command.Add(json);
        command.SetAction(parsed =>
        {
            context.Cancelled.ThrowIfCancellationRequested();
            var report = DoctorReport.Of(context);
            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonText.Of(report));
            else
                context.DrawOutput(console => Write(DoctorFindings.Of(report), console));

            // Everything else may be missing: this one needs nothing.
            if (report.Engines.Any(static engine => engine.Name == Software && engine.Works))
                return ExitCodes.Ok;

            context.Error.WriteLine("lodge: The software engine does not work here, which is a bug.");
            return ExitCodes.Host;
        });
        return command;
    }

    private static void Write(IReadOnlyList<DoctorFinding> findings, IAnsiConsole console)
    {
        foreach (IGrouping<string, DoctorFinding> topic in findings.GroupBy(static finding => finding.Topic))
        {
            console.MarkupLineInterpolated($"[bold]{topic.Key}[/]");
            Grid grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
            foreach (DoctorFinding finding in topic)
                grid.AddRow(Mark(finding.IsHere), Markup.Escape(finding.Name), Markup.Escape(finding.Text));

            console.Write(grid);
        }
    }

    private static string Mark(bool? isHere) => isHere switch
    {
        true => "  [green]yes[/]",
        false => "  [yellow]no[/]",
        null => "  ",
    };
}
