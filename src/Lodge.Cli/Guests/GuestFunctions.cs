using Lodge.Elf;

namespace Lodge.Cli;

/// <summary>The functions that a guest's file says it has: LODGE_EXPORT makes a symbol for each. Guests of other makers have
/// none.</summary>
internal static class GuestFunctions
{
    private const string Prefix = "lodge_export_";
    private const int MostChars = 255;
    private const int MostNames = 1024;
    private const int MostShown = 20;

    private static readonly ElfLimits Limits = new() { MostSymbols = 1 << 18, MostStringBytes = 32 << 20 };

    /// <summary>Says which function was meant, or which there are; nothing where the file does not tell.</summary>
    /// <param name="path">The guest's file.</param>
    /// <param name="function">What was called, and is not there.</param>
    public static string? Advice(string path, string function)
    {
        string[] names = Read(path);
        if (names.Length == 0 || names.Contains(function))
            return null;

        string nearest = names.MinBy(name => EditDistance.Between(name, function))!;
        if (EditDistance.Between(nearest, function) <= Math.Max(1, function.Length / 3))
            return $"Did you mean {nearest}?";

        string more = names.Length > MostShown ? $", and {names.Length - MostShown} more" : "";
        return $"The guest has {string.Join(", ", names.Take(MostShown))}{more}.";
    }

    /// <summary>The names, sorted; none where the file is no such guest.</summary>
    public static string[] Read(string path)
    {
        try
        {
            // A pipe has no size, and nothing in it any more; a link has a size of its own.
            FileSystemInfo? target = File.ResolveLinkTarget(path, returnFinalTarget: true);
            if (new FileInfo(target?.FullName ?? path).Length == 0)
                return [];

            using var file = ElfFile.Open(path, Limits);
            IEnumerable<string> names =
                from symbol in file.ReadSymbols()
                where symbol.IsDefined && symbol.Kind == ElfSymbolKind.Object
                    && symbol.Name.StartsWith(Prefix, StringComparison.Ordinal)
                select symbol.Name[Prefix.Length..] into name
                where name.Length is > 0 and <= MostChars && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
                select name;
            return [.. names.Take(MostNames).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception problem) when (problem is ElfException or IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            return [];
        }
    }
}
