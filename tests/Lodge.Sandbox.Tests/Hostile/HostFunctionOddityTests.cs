using System.Diagnostics;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Functions of the host that fail, wait or are made in ways that nobody expects.</summary>
public sealed class HostFunctionOddityTests
{
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
