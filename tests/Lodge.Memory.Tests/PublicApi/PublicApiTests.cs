using Xunit;

namespace Lodge.Memory.Tests;

public sealed class PublicApiTests
{
    /// <summary>The public surface changes only on purpose: who changes it copies the received text over the approved
    /// one.</summary>
    [Fact]
    public void PublicApi_IsTheApprovedOne() => ApprovedSurface.Check(typeof(GuestMemory).Assembly);

    [Fact]
    public void Difference_NamesTypeAndMember()
    {
        const string Before = "public class A\n    int X { get; }\n    void Gone();\n\npublic class B\n    int Y { get; }\n";
        const string After = "public class A\n    int X { get; }\n\npublic class B\n    int Y { get; }\n    void Gone();\n";
        Assert.Equal(
            "public class A\n-     void Gone();\npublic class B\n+     void Gone();\n",
            ApprovedSurface.Difference(Before, After));
    }
}
