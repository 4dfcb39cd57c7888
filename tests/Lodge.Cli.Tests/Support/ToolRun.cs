using System.Text.Json;

namespace Lodge.Cli.Tests;

/// <summary>What a run of the tool, in this process, came to.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error, byte[] Raw)
{
    /// <summary>What was written to stdout, as JSON and nothing but JSON.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    /// <summary>The only line on stderr.</summary>
    public string ErrorLine
    {
        get
        {
            string[] lines = Error.ReplaceLineEndings("\n").Split('\n');
            Assert.Equal(["", lines[0]], [lines[^1], string.Join('\n', lines[..^1])]);
            return lines[0];
        }
    }

    public static ToolRun Of(params string[] arguments) => Of(static context => context, arguments);

    /// <summary>Runs the tool in other circumstances than usual.</summary>
    public static ToolRun Of(Func<ToolContext, ToolContext> change, params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        using var raw = new MemoryStream();
        int exitCode = LodgeTool.Run(arguments, change(new ToolContext
        {
            Output = output,
            Error = error,
            RawOutput = raw,
            Clock = new FridayClock(),
            BestEngine = static () => Lodge.Machines.Machines.Software,
        }));
        return new ToolRun(exitCode, output.ToString().ReplaceLineEndings("\n"), error.ToString(), raw.ToArray());
    }
}
