using System.Diagnostics;
using System.Linq.Expressions;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Functions of the host that fail, wait or are made in ways that nobody expects.</summary>
public sealed class HostFunctionOddityTests
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

    /// <summary>Where no value is wanted, none is what success looks like.</summary>
    [Fact]
    public void HostFunction_WithoutResult_WhoseExceptionHasNoMessage_HasFailed()
    {
        using Sandbox sandbox = HostileGuest.Create(
            options => options.AddHostFunction("Odd", void () => throw new OddException(static () => null!)));
        Assert.True(sandbox.Call<bool>("RawHostCall", Messages.Call("Fail", GuestType.Void)));
        Assert.True(sandbox.Call<bool>("RawHostCall", Messages.Call("Odd", GuestType.Void)));
    }

    [Fact]
    public void HostFunction_WhoseExceptionThrowsForItsMessage_IsTheGuestsError()
    {
        using Sandbox sandbox = Create(string () => throw new OddException(static () => throw new InvalidTimeZoneException("odd")));
        var error = Assert.Throws<GuestErrorException>(() => sandbox.Call<string>("SayHello", "you"));
        Assert.IsType<OddException>(error.InnerException);
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
    }

    [Fact]
    public void HostFunction_WithoutItsTarget_IsCalledOrRefused()
    {
        // An instance method whose first argument is the object: one parameter, of a type that guests know.
        var length = typeof(string).GetMethod(nameof(string.Trim), [])!.CreateDelegate<Func<string, string>>();
        Exception? refused = Record.Exception(() =>
        {
            using Sandbox sandbox = HostileGuest.Create(options => options.AddHostFunction("Trim", length));
            Assert.False(sandbox.Call<bool>("RawHostCall", Messages.Call("Trim", GuestType.String, " x ")));
        });
        Assert.True(refused is null or ArgumentException, $"{refused}");
    }

    /// <summary>Callbacks of a token run in the other order than they were given.</summary>
    [Fact]
    public void HostFunction_ThatWaitsWhereItIsToldToStop_DoesNotKeepTheGuestRunning()
    {
        using var release = new ManualResetEventSlim();
        using Sandbox sandbox = HostileGuest.Create(options => options.AddHostFunction("Odd", (CancellationToken token) =>
        {
            token.Register(() => release.Wait(TimeSpan.FromSeconds(3), CancellationToken.None));
        }));
        var watch = Stopwatch.StartNew();
        Assert.Throws<GuestTimeoutException>(() => sandbox.Call(
            "CallAndLoop", TimeSpan.FromMilliseconds(100), CancellationToken.None, Messages.Call("Odd", GuestType.Void)));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
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
