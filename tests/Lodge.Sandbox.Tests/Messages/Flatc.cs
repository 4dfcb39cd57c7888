using System.Text.RegularExpressions;

namespace Lodge.Sandbox.Tests;

/// <summary>The compiler of FlatBuffers, which turns messages into JSON and back by their schema.</summary>
internal sealed partial class Flatc : IDisposable
{
    public const string Missing = "Compares with flatc on Linux (Debian's flatbuffers-compiler); it is not there.";

    private readonly string _folder = Directory.CreateTempSubdirectory("lodge-flatc-").FullName;

    /// <param name="hasFloats">Whether floating-point numbers are such, and not their bits: as text they lose some.</param>
    public Flatc(bool hasFloats = false)
    {
        using Stream resource = typeof(Flatc).Assembly.GetManifestResourceStream("messages.fbs")!;
        using var reader = new StreamReader(resource);
        string schema = reader.ReadToEnd();
        if (!hasFloats)
            schema = Floats().Replace(schema, match => match.Value == "value: float" ? "value: uint" : "value: ulong");

        File.WriteAllText(PathOf("messages.fbs"), schema);
    }

    /// <summary>For <c>SkipUnless</c>.</summary>
    public static bool IsThere { get; } = OperatingSystem.IsLinux() && HostProgram.Exists("flatc");

    /// <summary>Messages as JSON.</summary>
    public string[] ToJson(string root, byte[][] messages)
    {
        for (int i = 0; i < messages.Length; i++)
            File.WriteAllBytes(PathOf($"{i}.bin"), messages[i]);

        string[] options = ["--json", "--raw-binary", "--strict-json", "--natural-utf8"];
        Run([.. options, "--size-prefixed", "--root-type", root, "messages.fbs", "--", .. messages.Select((_, i) => $"{i}.bin")]);
        return [.. messages.Select((_, i) => File.ReadAllText(PathOf($"{i}.json")))];
    }

    /// <summary>Messages of JSON.</summary>
    public byte[][] ToMessages(string root, string[] texts)
    {
        for (int i = 0; i < texts.Length; i++)
            File.WriteAllText(PathOf($"{i}.json"), texts[i]);

        Run(["--binary", "--size-prefixed", "--root-type", root, "messages.fbs", .. texts.Select((_, i) => $"{i}.json")]);
        return [.. texts.Select((_, i) => File.ReadAllBytes(PathOf($"{i}.bin")))];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex("value: (float|double)")]
    private static partial Regex Floats();

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Run(string[] arguments) => HostProgram.RunIn(_folder, "flatc", arguments);
}
