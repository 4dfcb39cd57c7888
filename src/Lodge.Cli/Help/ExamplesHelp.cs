using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Lodge.Cli;

/// <summary>The usual help, and behind it examples and exit codes.</summary>
internal sealed class ExamplesHelp(HelpAction usual, IReadOnlyDictionary<Command, string[]> examples)
    : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string line in examples[parseResult.CommandResult.Command])
            output.WriteLine($"  {line}");

        output.WriteLine();
        output.WriteLine("Exit codes:");
        foreach ((int code, string meaning) in ExitCodes.Meanings)
            output.WriteLine($"  {code,-3}  {meaning}");

        return result;
    }
}
