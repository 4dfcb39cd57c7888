using System.CommandLine;

namespace Lodge.Cli;

/// <summary><c>lodge new sdk</c>: what guests are built with, alone. It brings the SDK of a guest up to date, and is shared by
/// several.</summary>
internal static class NewSdkCommand
{
    public static string[] Examples { get; } = ["lodge new sdk", "lodge new sdk --output demo/sdk --force"];

    public static Command Create(ToolContext context)
    {
        Option<string?> output = NewCommand.OutputOption("The folder to make; sdk where nothing is said.");
        Option<bool> force = NewCommand.ForceOption();
        Option<bool> json = JsonText.Option();
        var command = new Command("sdk", "Makes a folder with the SDK that guests are built with.");
        command.Add(output);
        command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string folder = parsed.GetValue(output) ?? GuestSdk.Folder;
            NewCommand.Make(
                folder,
                GuestSdk.Files(),
                parsed.GetValue(force),
                [$"include {folder}/lodge-guest.mk in a guest's Makefile; {folder}/README.md says how."],
                parsed.GetValue(json),
                context);
            return ExitCodes.Ok;
        });
        return command;
    }
}
