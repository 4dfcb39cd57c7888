using System.Linq.Expressions;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Functions of the host that fail in odd ways.</summary>
public sealed class HostFunctionFailureTests
{
    [Fact]
    public void HostFunction_WhoseExceptionHasNoMessage_IsTheGuestsError()
    {
        using Sandbox sandbox = Create(string () => throw new OddException(static () => null!));
        var error = Assert.Throws<GuestErrorException>(() => sandbox.Call<string>("SayHello", "you"));
        Assert.IsType<OddException>(error.InnerException);
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1023)]
    public void HostFunction_WhoseExceptionHasALongOrBrokenMessage_IsTheGuestsError(int chars)
    {
        // Cut in the middle of a character, the first of them with its other half missing.
        string text = "\uDC00" + string.Concat(Enumerable.Repeat("\U0001F512", chars / 2)) + "\0\uD800";
        using Sandbox sandbox = Create(string () => throw new InvalidTimeZoneException(text));
        var error = Assert.Throws<GuestErrorException>(() => sandbox.Call<string>("SayHello", "you"));
        Assert.Same(text, error.InnerException!.Message);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void HostFunction_ThatIsAnExpression_IsCalled()
    {
        using Sandbox sandbox = Create(Expression.Lambda<Func<string>>(Expression.Constant("today")).Compile());
        Assert.Equal("Hello, you! Today is today.", sandbox.Call<string>("SayHello", "you"));
    }

    [Fact]
    public void HostFunction_ThatCancelsItsOwnCall_EndsIt()
    {
        using var source = new CancellationTokenSource();
        using Sandbox sandbox = Create(() =>
        {
            source.Cancel();
            return "today";
        });
        using Snapshot clean = sandbox.TakeSnapshot();
        for (int i = 0; i < 2; i++)
        {
            Assert.ThrowsAny<OperationCanceledException>(
                () => sandbox.Call<string>("SayHello", Timeout.InfiniteTimeSpan, source.Token, "you"));
            if (i == 0)
                Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);

            sandbox.Restore(clean);
            Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
        }
    }

    [Fact]
    public void HostFunction_ThatUsesEverythingOfTheSandbox_ChangesNothing()
    {
        Sandbox? sandbox = null;
        Snapshot? clean = null;
        Exception?[] refused = [];
        using (sandbox = Create(() =>
        {
            refused =
            [
                Record.Exception(() => sandbox!.Restore(clean!)),
                Record.Exception(() => sandbox!.TakeSnapshot().Dispose()),
                Record.Exception(() => sandbox!.ReadPageMap()),
                Record.Exception(() => sandbox!.WriteCoreDump(Stream.Null, null, CancellationToken.None)),
                Record.Exception(() => sandbox!.VirtualMemory.TryRead(0x4000, out byte _, out _)),
                Record.Exception(sandbox!.Dispose),
                Record.Exception(() => sandbox!.CallAsync<int>("Add", [1, 2], CancellationToken.None).GetAwaiter().GetResult()),
            ];
            clean!.Dispose();
            return "today";
        }))
        {
            clean = sandbox.TakeSnapshot();
            Assert.Equal("Hello, you! Today is today.", sandbox.Call<string>("SayHello", "you"));
            Assert.All(refused, static exception => Assert.IsType<InvalidOperationException>(exception));
            Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
            Assert.Throws<ObjectDisposedException>(() => sandbox.Restore(clean));
            Assert.Equal(SandboxStatus.Ready, sandbox.Status);
        }
    }

    private static Sandbox Create(Delegate function)
        => Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = HostileGuest.Engine;
            options.AddHostFunction("GetWeekday", function);
        });

    private sealed class OddException(Func<string> message) : Exception
    {
        public override string Message => message();
    }
}
