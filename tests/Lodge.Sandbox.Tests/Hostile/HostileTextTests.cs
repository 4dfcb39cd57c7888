using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Texts of guests that are none.</summary>
public sealed class HostileTextTests
{
    [Theory]
    [InlineData(new byte[] { 0xFF, 0x00, 0x1B, 0x0A, 0xC3 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Texts_ThatAreNoText_AreReplacedOrRefused(byte[] bytes)
    {
        var logger = new ListLogger();
        using Sandbox sandbox = HostileGuest.Create(options => options.Logger = logger);
        using Snapshot clean = sandbox.TakeSnapshot();
        string mark = new('x', bytes.Length);
        string replaced = System.Text.Encoding.UTF8.GetString(bytes);

        sandbox.Call<GuestValue>("RawLog", Spoilt(Messages.Log(mark), bytes));
        Assert.Contains(replaced, Assert.Single(logger.Lines).Text, StringComparison.Ordinal);

        var error = Assert.Throws<GuestErrorException>(
            () => sandbox.Call<string>("RawResult", Spoilt(Messages.Error(99, mark), bytes)));
        Assert.Equal(replaced, error.Text);
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);

        // What the host goes by is text, or nothing.
        Assert.Throws<GuestCrashedException>(() => sandbox.Call<string>("RawResult", Spoilt(Messages.Result(mark), bytes)));
        sandbox.Restore(clean);
        Assert.Throws<GuestCrashedException>(
            () => sandbox.Call<bool>("RawHostCall", Spoilt(Messages.Call(mark, GuestType.Void), bytes)));
        sandbox.Restore(clean);
        Assert.Throws<GuestCrashedException>(
            () => sandbox.Call<bool>("RawHostCall", Spoilt(Messages.Call("Join", GuestType.Void, mark), bytes)));
    }

    [Fact]
    public void Call_OfANameWithAZero_IsNotThatOfItsStart()
    {
        using Sandbox sandbox = HostileGuest.Create();
        Assert.Throws<GuestErrorException>(() => sandbox.Call<int>("Add\0More", 1, 2));
    }

    private static byte[] Spoilt(byte[] message, byte[] bytes)
    {
        int at = message.AsSpan().IndexOf(Enumerable.Repeat((byte)'x', bytes.Length).ToArray());
        bytes.CopyTo(message, at);
        return message;
    }
}
