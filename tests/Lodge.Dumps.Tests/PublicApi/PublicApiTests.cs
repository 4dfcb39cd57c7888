using Xunit;

namespace Lodge.Dumps.Tests;

public sealed class PublicApiTests
{
    /// <summary>The public surface changes only on purpose: who changes it copies the received text over the approved
    /// one.</summary>
    [Fact]
    public void PublicApi_IsTheApprovedOne() => ApprovedSurface.Check(typeof(CoreDump).Assembly);
}
