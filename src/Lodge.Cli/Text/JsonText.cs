using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodge.Cli;

/// <summary>Answers for programs: indented, names in camel case.</summary>
internal static class JsonText
{
    public const string OptionName = "--json";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A guest may return what JSON has no number for; it becomes a string.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Nobody puts this into a web page, and quotes are easier to read as quotes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Option<bool> Option() => new(OptionName) { Description = "Write JSON to stdout, also where it fails." };

    // The encoder leaves letters that change the order of others. They stand in strings only, where SafeText's spelling is that
    // of JSON.
    public static string Of<T>(T value) => SafeText.Lines(JsonSerializer.Serialize(value, Options));
}
