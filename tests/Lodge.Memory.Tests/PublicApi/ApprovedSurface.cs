using System.Reflection;
using Xunit;

namespace Lodge.Memory.Tests;

/// <summary>Compares what an assembly shows to others with the text that was approved.</summary>
internal static class ApprovedSurface
{
    /// <summary>Fails where the two differ, and leaves the received text beside the approved one.</summary>
    public static void Check(Assembly assembly)
    {
        // The approved text is copied to the output, because a build for release does not know where its source lies.
        string name = assembly.GetName().Name!;
        string folder = Path.Combine(AppContext.BaseDirectory, "PublicApi");
        string approvedPath = Path.Combine(folder, $"{name}.txt");
        string receivedPath = Path.Combine(folder, $"{name}.received.txt");
        string received = PublicSurface.Of(assembly);
        string approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath).ReplaceLineEndings("\n") : "";
        if (received == approved)
        {
            File.Delete(receivedPath);
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(receivedPath, received);
        Assert.Fail(
            $"The public API is not the approved one. If it is meant so, copy {receivedPath} over "
            + $"tests/{name}.Tests/PublicApi/{name}.txt.\n{Difference(approved, received)}");
    }

    /// <summary>What was taken away and what came, by type.</summary>
    /// <remarks>Members are told apart by their types: the text is sorted, so sets of lines are difference enough.</remarks>
    public static string Difference(string approved, string received)
    {
        Dictionary<string, HashSet<string>> before = Types(approved);
        Dictionary<string, HashSet<string>> after = Types(received);
        string difference = "";
        foreach (string type in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            HashSet<string> old = before.GetValueOrDefault(type, []);
            HashSet<string> now = after.GetValueOrDefault(type, []);
            string lines = string.Concat(old.Except(now).Select(line => $"- {line}\n"))
                + string.Concat(now.Except(old).Select(line => $"+ {line}\n"));
            if (lines.Length != 0 || !before.ContainsKey(type) || !after.ContainsKey(type))
                difference += $"{(before.ContainsKey(type) ? after.ContainsKey(type) ? "" : "- " : "+ ")}{type}\n{lines}";
        }

        return difference;
    }

    private static Dictionary<string, HashSet<string>> Types(string text)
        => text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(lines => lines[0], lines => lines.Skip(1).ToHashSet());
}
