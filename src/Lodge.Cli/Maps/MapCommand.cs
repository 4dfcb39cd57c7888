using System.CommandLine;

namespace Lodge.Cli;

/// <summary><c>lodge map</c>: the memory of a fresh sandbox.</summary>
internal static class MapCommand
{
    public static string[] Examples { get; } =
    [
        "lodge map guests/bin/hello.elf",
        "lodge map guests/bin/hello.elf --heap 1M --scratch 2M",
        "lodge map guests/bin/hello.elf --svg hello.svg",
        "lodge map guests/bin/hello.elf --json",
    ];

    public static Command Create(ToolContext context)
    {
        var guest = GuestOptions.OfGuest();
        Option<string?> svg = ParsedOption.Of(
            "--svg", "FILE", "Draw it into a file, which is replaced, instead of on the console.",
            static text => text.Length != 0 ? text : throw new UsageException("The file's name is empty."));
        Option<bool> json = JsonText.Option();
        var command = new Command("map", "Draws the memory of a fresh sandbox: its parts, and its pages as they are mapped.");
        guest.AddTo(command);
        command.Add(svg);
        command.Add(json);
        command.SetAction(parsed =>
        {
            context.Cancelled.ThrowIfCancellationRequested();
            GuestSetup setup = guest.Read(parsed, context);
            using Sandbox.Sandbox sandbox = setup.Create(context);
            var drawing = MapDrawing.Of($"{Path.GetFileName(setup.Path)}, a fresh sandbox", sandbox);
            string? file = parsed.GetValue(svg);
            if (file is not null)
            {
                File.WriteAllText(file, MapSvg.Of(drawing));
                context.Error.WriteLine($"Drawn into {SafeText.Line(file)}.");
            }

            if (parsed.GetValue(json))
                context.Output.WriteLine(JsonText.Of(new MapReport(setup, drawing)));
            else if (file is null)
                context.DrawOutput(console => MapStrip.Write(drawing, console));

            return ExitCodes.Ok;
        });
        return command;
    }
}
