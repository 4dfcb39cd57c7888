using System.CommandLine;
using System.CommandLine.Parsing;

namespace Lodge.Cli;

/// <summary>Options whose values are read by a function of the tool's own, so that errors read like the others.</summary>
internal static class ParsedOption
{
    /// <summary>An option with one value.</summary>
    /// <param name="name">As <c>--name</c>.</param>
    /// <param name="valueName">What the value is called in help.</param>
    /// <param name="description">A sentence.</param>
    /// <param name="parse">Reads a value; throws <see cref="UsageException"/> where it cannot.</param>
    public static Option<T?> Of<T>(string name, string valueName, string description, Func<string, T> parse) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Read(name, result, parse),
    };

    private static T? Read<T>(string name, ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (UsageException wrong)
        {
            result.AddError($"{name}: {wrong.Message}");
            return default;
        }
    }
}
