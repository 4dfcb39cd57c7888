using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodge.Cli;

/// <summary>Answers for programs: ASCII, indented, names in camel case.</summary>
internal static class JsonText
{
    public const string OptionName = "--json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A guest may return what JSON has no number for; it becomes a string.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Option<bool> Option() => new(OptionName) { Description = "Write JSON to stdout, also where it fails." };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);
}
