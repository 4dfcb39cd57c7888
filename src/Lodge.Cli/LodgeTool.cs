using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

namespace Lodge.Cli;

/// <summary>The tool: a command line in, an exit code out.</summary>
internal static class LodgeTool
{
    // A guest's arguments may begin with @, and look like several options in one.
    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <summary>Does what a command line says. Never throws for what a user or a guest does.</summary>
    public static int Run(string[] arguments, ToolContext context)
    {
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Show where an error comes from.",
            Recursive = true,
        };
        ParseResult parsed = Create(context, verbose).Parse(arguments, Parsing);
        var configuration = new InvocationConfiguration
        {
            Output = context.Output,
            Error = context.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            if (parsed.Action is not HelpAction and not ExamplesHelp && parsed.Errors.Count != 0)
                throw new UsageException(WrongIn(parsed));

            return parsed.Invoke(configuration);
        }
        catch (Exception problem)
        {
            return Report(problem, parsed, parsed.GetValue(verbose), context);
        }
    }

    private static RootCommand Create(ToolContext context, Option<bool> verbose)
    {
        var root = new RootCommand("Runs native code that is not trusted in micro-VM sandboxes, and shows what goes on there.")
        {
            HelpName = "lodge",
        };
        var examples = new Dictionary<Command, string[]>
        {
            [root] =
            [
                "lodge call guests/bin/hello.elf SayHello World",
                "lodge snapshot create guests/bin/notes.elf snapshots:clean",
                "lodge map guests/bin/hello.elf",
                "lodge new guest demo",
                "lodge doctor",
            ],
        };
        root.Add(verbose);
        Add(root, CallCommand.Create(context), CallCommand.Examples);
        Add(root, SnapshotCommand.Create(context), SnapshotCommand.Examples);
        Add(root, MapCommand.Create(context), MapCommand.Examples);
        Command make = Add(root, NewCommand.Create(), NewCommand.Examples);
        Add(make, NewGuestCommand.Create(context), NewGuestCommand.Examples);
        Add(make, NewSdkCommand.Create(context), NewSdkCommand.Examples);
        Add(root, DoctorCommand.Create(context), DoctorCommand.Examples);
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            help.Action = new ExamplesHelp((HelpAction)help.Action!, examples);

        return root;

        Command Add(Command parent, Command command, string[] lines)
        {
            parent.Add(command);
            examples.Add(command, lines);
            return command;
        }
    }

    // A word that means nothing is why there is no command, and is what the user has to be told.
    private static string WrongIn(ParseResult parsed)
        => parsed is { CommandResult.Command.Subcommands.Count: > 0, UnmatchedTokens: [{ } word, ..] }
            ? $"There is no command or option {word}."
            : parsed.Errors[0].Message;

    private static int Report(Exception problem, ParseResult parsed, bool isVerbose, ToolContext context)
    {
        var failure = Failure.Of(problem);
        string hint = failure.ExitCode == ExitCodes.Usage ? $" (See: {HelpOf(parsed.CommandResult)})" : "";
        context.Error.WriteLine($"lodge: {SafeText.Line(failure.Message)}{hint}");
        if (isVerbose)
            context.Error.WriteLine(SafeText.Lines(problem.ToString()));

        bool wantsJson = parsed.CommandResult.Command.Options.FirstOrDefault(static option => option.Name == JsonText.OptionName)
            is { } json && parsed.GetResult(json) is { Implicit: false };
        if (wantsJson)
            context.Output.WriteLine(JsonText.Of(new FailureReport(failure)));

        return failure.ExitCode;
    }

    private static string HelpOf(CommandResult result)
    {
        string words = "--help";
        for (CommandResult? at = result; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
            words = $"{at.Command.Name} {words}";

        return $"lodge {words}";
    }
}
