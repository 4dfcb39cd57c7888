using System.CommandLine;
using Spectre.Console;

namespace Lodge.Cli;

/// <summary><c>lodge snapshot</c>: guests on disk.</summary>
internal static class SnapshotCommand
{
    public static string[] Examples { get; } =
    [
        "lodge snapshot create guests/bin/notes.elf snapshots:empty",
        "lodge snapshot create snapshots:empty snapshots:one Put name value",
        "lodge snapshot call snapshots:one Get name",
        "lodge snapshot list snapshots",
        "lodge snapshot verify snapshots:one",
    ];

    public static Command Create(ToolContext context)
    {
        var command = new Command("snapshot", "Saves guests to disk, and calls them from there.")
        {
            CreateCreate(context),
            CreateList(context),
            CreateVerify(context),
            CallCommand.Create(context, GuestOptions.OfSnapshot()),
        };
        return command;
    }

    private static Command CreateCreate(ToolContext context)
    {
        var guest = GuestOptions.OfGuest();
        var snapshot = new Argument<string>("SNAPSHOT") { Description = "Where it goes: a folder and a tag, as in snapshots:clean." };
        var function = new Argument<string?>("FUNCTION")
        {
            Description = "A function that is called first.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var arguments = new Argument<string[]>("ARGS")
        {
            Description = "Its arguments, as for lodge call.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> json = JsonText.Option();
        var command = new Command("create", "Saves a guest as it is when it takes calls, or after a call.");
        guest.AddTo(command);
        command.Add(snapshot);
        command.Add(function);
        command.Add(arguments);
        command.Add(json);
        command.SetAction(parsed =>
        {
            context.Cancelled.ThrowIfCancellationRequested();
            CallCommand.RequireNoUnknownOption(parsed);
            var reference = SnapshotReference.Parse(parsed.GetRequiredValue(snapshot));
            SnapshotFolder.RequireNoFile(reference.Folder);
            GuestValue[] values = [.. (parsed.GetValue(arguments) ?? []).Select(ValueText.Parse)];
            GuestSetup setup = guest.Read(parsed, context);
            using Sandbox.Sandbox sandbox = setup.Create(context);
            if (parsed.GetValue(function) is { } name)
                setup.Call(sandbox, name, values, Timeout.InfiniteTimeSpan, context.Cancelled);

            using Snapshot taken = sandbox.TakeSnapshot();
            StoredSnapshot stored = new SnapshotStore(reference.Folder).Save(taken, reference.Tag);
            context.Output.WriteLine(
                parsed.GetValue(json) ? JsonText.Of(new SnapshotReport(reference.Folder, stored)) : stored.Digest);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateList(ToolContext context)
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder with the snapshots." };
        Option<bool> json = JsonText.Option();
        var command = new Command("list", "Lists the snapshots of a folder.") { folder, json };
        command.SetAction(parsed =>
        {
            context.Cancelled.ThrowIfCancellationRequested();
            string path = parsed.GetRequiredValue(folder);
            IReadOnlyList<StoredSnapshot> stored = SnapshotFolder.Open(path).List();
            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonText.Of(stored.Select(one => new SnapshotReport(path, one))));
            else if (stored.Count != 0)
                WriteList(stored, context);

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void WriteList(IReadOnlyList<StoredSnapshot> stored, ToolContext context)
        => context.DrawOutput(console =>
        {
            var grid = new Grid().AddColumns(3);
            foreach (StoredSnapshot one in stored)
                grid.AddRow(new Text(SafeText.Line(one.Tag)), new Text(ByteSizeText.Format((ulong)one.Bytes)), new Text(one.Digest));

            console.Write(grid);
        });

    private static Command CreateVerify(ToolContext context)
    {
        var snapshot = new Argument<string>("FOLDER[:TAG]") { Description = "A snapshot, or a folder whose snapshots are all checked." };
        Option<bool> json = JsonText.Option();
        var command = new Command("verify", "Reads all files of snapshots, and checks them.") { snapshot, json };
        command.SetAction(parsed =>
        {
            context.Cancelled.ThrowIfCancellationRequested();
            string text = parsed.GetRequiredValue(snapshot);
            SnapshotReference? one = Directory.Exists(text) ? null : SnapshotReference.Parse(text);
            SnapshotStore store = SnapshotFolder.Open(one?.Folder ?? text);
            string[] tags = one is not null ? [one.Tag] : [.. store.List().Select(static stored => stored.Tag)];
            VerifyReport[] reports = [.. tags.Select(tag => Verify(store, tag))];
            if (!parsed.GetValue(json))
                WriteVerified(reports, context);

            if (!Array.TrueForAll(reports, static report => report.IsSound))
                throw new UnsoundSnapshotsException(reports);

            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonText.Of(new VerifiedReport(reports)));

            return ExitCodes.Ok;
        });
        return command;
    }

    private static VerifyReport Verify(SnapshotStore store, string tag)
    {
        try
        {
            store.Verify(tag);
            return new VerifyReport { Tag = tag, IsSound = true };
        }
        catch (SnapshotException problem)
        {
            return new VerifyReport { Tag = tag, IsSound = false, Problem = problem.Message };
        }
    }

    private static void WriteVerified(VerifyReport[] reports, ToolContext context)
    {
        foreach (VerifyReport report in reports)
            context.Output.WriteLine(SafeText.Line($"{report.Tag}: {report.Problem ?? "sound"}"));
    }
}
