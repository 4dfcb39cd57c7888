namespace Lodge.Cli;

/// <summary>The process: its console, and Ctrl+C.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        using var cancelled = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // The first asks the call to end; whoever has no patience for that presses it again.
            pressed.Cancel = !cancelled.IsCancellationRequested;
            cancelled.Cancel();
        };

        if (OperatingSystem.IsWindows())
            UseUtf8();

        using Stream raw = Console.OpenStandardOutput();
        return LodgeTool.Run(args, new ToolContext
        {
            Output = Console.Out,
            Error = Console.Error,
            RawOutput = raw,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            NoColor = Environment.GetEnvironmentVariable("NO_COLOR"),
            Term = Environment.GetEnvironmentVariable("TERM"),
            Cancelled = cancelled.Token,
        });
    }

    private static void UseUtf8()
    {
        try
        {
            Console.OutputEncoding = System.Text.Encoding.UTF8;
        }
        catch (IOException)
        {
            // There is no console: what is written goes to a file or a pipe, in the system's encoding.
        }
    }
}
