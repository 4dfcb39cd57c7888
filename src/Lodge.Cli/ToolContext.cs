using Spectre.Console;

namespace Lodge.Cli;

/// <summary>Everything outside of the tool that it uses, so that tests can stand in for it.</summary>
internal sealed record ToolContext
{
    // Wide enough that nothing is broken into lines for whoever reads it by a program.
    private const int WidthOfFiles = 1000;

    /// <summary>Where data go.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where talk goes.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Where bytes go as they are; the same place as <see cref="Output"/>.</summary>
    public required Stream RawOutput { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>The variable NO_COLOR: where it is set and not empty, there are no colours (no-color.org).</summary>
    public string? NoColor { get; init; }

    /// <summary>The variable TERM.</summary>
    public string? Term { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IReadOnlyList<IMachineEngine> Engines { get; init; } = Machines.Machines.All;

    /// <summary>Picks the engine of <c>--engine auto</c>.</summary>
    public Func<IMachineEngine> BestEngine { get; init; } = Machines.Machines.Best;

    /// <summary>Where the system's own files are read: <c>/proc</c>, <c>/sys</c>.</summary>
    public HostFiles HostFiles { get; init; } = new("/");

    /// <summary>Ctrl+C.</summary>
    public CancellationToken Cancelled { get; init; }

    /// <summary>Draws data for people: coloured on a terminal.</summary>
    public void DrawOutput(Action<IAnsiConsole> draw) => Draw(draw, Output, OutputIsTerminal);

    /// <summary>Draws talk for people: coloured on a terminal.</summary>
    public void DrawTalk(Action<IAnsiConsole> draw) => Draw(draw, Error, ErrorIsTerminal);

    private bool AllowsColor => string.IsNullOrEmpty(NoColor) && Term != "dumb";

    private void Draw(Action<IAnsiConsole> draw, TextWriter writer, bool isTerminal)
    {
        if (isTerminal)
        {
            draw(ConsoleOn(writer, isTerminal));
            return;
        }

        // Columns are filled with blanks up to their width, which nobody wants in a file.
        var drawn = new StringWriter();
        draw(ConsoleOn(drawn, isTerminal));
        foreach (string line in drawn.ToString().TrimEnd().Split('\n'))
            writer.WriteLine(line.TrimEnd());
    }

    private IAnsiConsole ConsoleOn(TextWriter writer, bool isTerminal)
    {
        bool colors = isTerminal && AllowsColor;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            // Windows has to be asked to understand the escapes; others do.
            Ansi = !colors ? AnsiSupport.No : OperatingSystem.IsWindows() ? AnsiSupport.Detect : AnsiSupport.Yes,
            ColorSystem = colors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = WidthOfFiles;

        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
