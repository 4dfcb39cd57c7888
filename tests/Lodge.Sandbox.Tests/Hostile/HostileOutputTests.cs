using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class HostileOutputTests
{
    [Fact]
    public void Print_OfBytesThatAreNoText_ReplacesThem()
    {
        byte[] odd = [0x00, 0x41, 0x80, 0xA0, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF];
        var bytes = new List<byte>();
        foreach (byte first in odd)
        {
            foreach (byte second in odd)
            {
                foreach (byte third in odd)
                    bytes.AddRange([first, second, third, 0x90, 0x41]);
            }
        }

        using var writer = new StringWriter();
        using Sandbox sandbox = HostileGuest.Create(options => options.Output = writer);
        foreach (byte[] piece in bytes.Chunk(4096))
            sandbox.Call("PrintBytes", piece);

        Assert.Equal(System.Text.Encoding.UTF8.GetString([.. bytes]), writer.ToString());
    }

    /// <summary>The guest is in the middle of a call then, whatever the host's exception is.</summary>
    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(ArgumentException))]
    public void Print_WhereTheHostFails_PoisonsTheSandbox(Type type)
    {
        using var writer = new FailingWriter((Exception)Activator.CreateInstance(type)!);
        using Sandbox sandbox = HostileGuest.Create(options => options.Output = writer);
        Assert.IsType(type, Record.Exception(() => sandbox.Call("PrintBytes", new byte[] { 0x41 })));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
    }

    private sealed class FailingWriter(Exception failure) : StringWriter
    {
        public override void Write(char[] buffer, int index, int count) => throw failure;

        public override void Write(ReadOnlySpan<char> buffer) => throw failure;
    }
}
