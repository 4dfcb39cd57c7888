namespace Lodge.Fuzz;

/// <summary><c>seeds</c>: writes the well-formed inputs of a target, a file each.</summary>
internal static class SeedsCommand
{
    public static int Run(string name, string folder)
    {
        using FuzzTarget target = FuzzTargets.Create(name);
        Directory.CreateDirectory(folder);
        for (int i = 0; i < target.Seeds.Count; i++)
            File.WriteAllBytes(Path.Combine(folder, $"{name}-{i:d4}"), target.Seeds[i]);

        Console.WriteLine($"{target.Seeds.Count} inputs are in {folder}.");
        return ExitCodes.Success;
    }
}
