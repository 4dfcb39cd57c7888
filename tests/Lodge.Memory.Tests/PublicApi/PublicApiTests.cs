using Xunit;

namespace Lodge.Memory.Tests;

public sealed class PublicApiTests
{
    /// <summary>The public surface changes only on purpose: who changes it copies the received text over the approved one.</summary>
    [Fact]
    public void PublicApi_IsTheApprovedOne()
    {
        // The approved text is copied to the output, because a build for release does not know where its source lies.
        string folder = Path.Combine(AppContext.BaseDirectory, "PublicApi");
        string approvedPath = Path.Combine(folder, "Lodge.Memory.txt");
        string receivedPath = Path.Combine(folder, "Lodge.Memory.received.txt");
        string received = PublicSurface.Of(typeof(GuestMemory).Assembly);
        string approved = File.Exists(approvedPath) ? File.ReadAllText(approvedPath).ReplaceLineEndings("\n") : "";
        if (received == approved)
        {
            File.Delete(receivedPath);
            return;
        }

        File.WriteAllText(receivedPath, received);
        Assert.Fail($"The public API is not the approved one. If it is meant so, copy {receivedPath} over tests/Lodge.Memory.Tests/PublicApi/Lodge.Memory.txt.\n{Difference(approved, received)}");
    }

    [Fact]
    public void Difference_NamesTypeAndMember()
    {
        const string Before = "public class A\n    int X { get; }\n    void Gone();\n\npublic class B\n    int Y { get; }\n";
        const string After = "public class A\n    int X { get; }\n\npublic class B\n    int Y { get; }\n    void Gone();\n";
        Assert.Equal("public class A\n-     void Gone();\npublic class B\n+     void Gone();\n", Difference(Before, After));
    }

    // Members are told apart by their types: the text is sorted, so sets of lines are difference enough.
    private static string Difference(string approved, string received)
    {
        Dictionary<string, HashSet<string>> before = Types(approved);
        Dictionary<string, HashSet<string>> after = Types(received);
        string difference = "";
        foreach (string type in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            HashSet<string> old = before.GetValueOrDefault(type, []);
            HashSet<string> now = after.GetValueOrDefault(type, []);
            string lines = string.Concat(old.Except(now).Select(line => $"- {line}\n")) + string.Concat(now.Except(old).Select(line => $"+ {line}\n"));
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
