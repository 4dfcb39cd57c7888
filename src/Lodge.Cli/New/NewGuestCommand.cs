using System.CommandLine;

namespace Lodge.Cli;

/// <summary><c>lodge new guest</c>: a guest in C, with all that it is built with.</summary>
internal static class NewGuestCommand
{
    public static string[] Examples { get; } =
    [
        "lodge new guest demo",
        "lodge new guest demo --output src/guests/demo",
        "lodge new guest demo --force --json",
    ];

    public static Command Create(ToolContext context)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "The guest's name: a letter, then letters, digits, - and _.",
        };
        Option<string?> output = NewCommand.OutputOption("The folder to make; one with the guest's name where nothing is said.");
        Option<bool> force = NewCommand.ForceOption();
        Option<bool> json = JsonText.Option();
        var command = new Command("guest", "Makes a guest in C, with the SDK that it is built with: gcc and make are enough.");
        command.Add(name);
        command.Add(output);
        command.Add(force);
        command.Add(json);
        command.SetAction(parsed =>
        {
            string guest = GuestName.Require(parsed.GetRequiredValue(name));
            string folder = parsed.GetValue(output) ?? guest;
            NewCommand.Make(
                folder,
                GuestTemplate.Files(guest),
                parsed.GetValue(force),
                [
                    $"cd {NewCommand.Quote(folder)}",
                    "make",
                    $"lodge call {guest}.elf {GuestTemplate.Function} World",
                ],
                parsed.GetValue(json),
                context);
            return ExitCodes.Ok;
        });
        return command;
    }
}
