namespace Lodge.Cli;

/// <summary>Writes files into a folder, which is made where there is none.</summary>
internal static class NewFolder
{
    /// <summary>Writes all of them, or none where one is there already and is not to be replaced.</summary>
    /// <exception cref="IOException">A file is there already, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static void Write(string folder, IReadOnlyList<NewFile> files, bool replaces)
    {
        string[] paths = [.. files.Select(file => Path.Combine([folder, .. file.Name.Split('/')]))];
        if (!replaces)
            RequireNone(paths);

        for (int i = 0; i < paths.Length; i++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(paths[i]))!);

            // A link goes, and not what it leads to; and a file that has come meanwhile stays.
            if (replaces)
                File.Delete(paths[i]);

            using var file = new FileStream(paths[i], FileMode.CreateNew, FileAccess.Write);
            file.Write(files[i].Content);
        }
    }

    private static void RequireNone(string[] paths)
    {
        string[] there = [.. paths.Where(Path.Exists)];
        if (there.Length == 0)
            return;

        string others = there.Length == 1 ? "is" : $"and {there.Length - 1} more files are";
        throw new IOException($"{there[0]} {others} there already. Nothing was written; --force replaces what is there.");
    }
}
