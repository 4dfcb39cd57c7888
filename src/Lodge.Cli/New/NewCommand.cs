using System.CommandLine;

namespace Lodge.Cli;

/// <summary><c>lodge new</c>: folders to begin with.</summary>
internal static class NewCommand
{
    public static string[] Examples { get; } = ["lodge new guest demo", "lodge new sdk"];

    public static Command Create() => new("new", "Makes a folder to begin with: a guest, or the SDK that guests are built with.");

    /// <summary>The option that says where to.</summary>
    public static Option<string?> OutputOption(string description) => ParsedOption.Of(
        "--output", "FOLDER", description,
        static text => text.Length != 0 ? text : throw new UsageException("The folder's name is empty."));

    public static Option<bool> ForceOption() => new("--force") { Description = "Replace files that are there already." };

    /// <summary>Writes the files, and says so.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="files">The files.</param>
    /// <param name="replaces">Whether files that are there are replaced.</param>
    /// <param name="next">What to type next.</param>
    /// <param name="asJson">Whether data are wanted.</param>
    /// <param name="context">The tool's surroundings.</param>
    /// <exception cref="IOException">A file is there already, or cannot be written.</exception>
    public static void Make(
        string folder, IReadOnlyList<NewFile> files, bool replaces, IReadOnlyList<string> next, bool asJson, ToolContext context)
    {
        context.Cancelled.ThrowIfCancellationRequested();
        NewFolder.Write(folder, files, replaces);
        context.Error.WriteLine($"Wrote {files.Count} files into {SafeText.Line(folder)}. Next:");
        foreach (string line in next)
            context.Error.WriteLine($"  {SafeText.Line(line)}");

        if (asJson)
            context.Output.WriteLine(JsonText.Of(new NewReport(folder, [.. files.Select(static file => file.Name)], next)));
    }

    /// <summary>A word as a shell takes it.</summary>
    public static string Quote(string word)
        => word.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/' or '\\' or ':')
            && !word.StartsWith('-')
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
