using System.Globalization;

namespace Lodge.Cli;

/// <summary>The system's own files, such as <c>/proc/meminfo</c>.</summary>
/// <param name="root">Where they begin.</param>
internal sealed class HostFiles(string root)
{
    private const string CgroupRoot = "sys/fs/cgroup";

    /// <summary>A file's text; nothing where it cannot be read.</summary>
    public string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(Path.Combine(root, path)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A number that is all of a file.</summary>
    public ulong? TryReadNumber(string path) => TryRead(path) is { } text ? TryParse(text) : null;

    /// <summary>A number of <c>/proc/meminfo</c>: sizes in bytes, counts as they are.</summary>
    public ulong? TryReadMemoryInfo(string name)
    {
        foreach (string line in Lines("proc/meminfo"))
        {
            string[] words = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == name && TryParse(words[1]) is { } number)
                return words.Length == 3 ? number << 10 : number;
        }

        return null;
    }

    /// <summary>A soft limit of <c>/proc/self/limits</c>, in the system's words: a number, or <c>unlimited</c>.</summary>
    public string? TryReadLimit(string name)
    {
        foreach (string line in Lines("proc/self/limits"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
                return line[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        }

        return null;
    }

    /// <summary>The least memory limit of the control groups that this process is in, in bytes; nothing where there is
    /// none.</summary>
    public ulong? TryReadCgroupLimit()
    {
        ulong? least = null;
        foreach (string line in Lines("proc/self/cgroup"))
        {
            // NUMBER:CONTROLLERS:PATH; without controllers it is the unified hierarchy.
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
                continue;

            bool isUnified = parts[1].Length == 0;
            if (!isUnified && !parts[1].Split(',').Contains("memory"))
                continue;

            string hierarchy = isUnified ? CgroupRoot : $"{CgroupRoot}/memory";
            string file = isUnified ? "memory.max" : "memory.limit_in_bytes";
            string[] names = parts[2].Split('/', StringSplitOptions.RemoveEmptyEntries);

            // Each group above limits too. In a container the path may be one outside: then only the root is found.
            for (int depth = 0; depth <= names.Length; depth++)
            {
                string group = string.Join('/', names.Take(depth).Prepend(hierarchy));
                if (TryReadNumber($"{group}/{file}") is { } limit && limit < 1UL << 60)
                    least = Math.Min(least ?? ulong.MaxValue, limit);
            }
        }

        return least;
    }

    private static ulong? TryParse(string text)
        => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    private string[] Lines(string path) => TryRead(path)?.Split('\n') ?? [];
}
