using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Options that cannot be, or can have no effect.</summary>
public sealed class SandboxOptionTests
{
    [Fact]
    public void Create_WithABufferThatNoArrayHolds_IsRefused()
    {
        Exception? refused = Record.Exception(() => HostileGuest.Create(static options =>
        {
            options.OutputBufferSize = 3L << 30;
            options.ScratchSize = 4L << 30;
        }).Dispose());
        Assert.True(refused is ArgumentException, $"{refused}");
    }
}
