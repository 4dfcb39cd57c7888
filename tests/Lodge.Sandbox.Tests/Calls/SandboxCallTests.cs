using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxCallTests
{
    private static Sandbox Hello(Action<SandboxOptions>? configure = null)
        => Sandbox.Create(Guests.Hello, options =>
        {
            options.Engine = Machines.Machines.Software;
            configure?.Invoke(options);
        });

    [Fact]
    public void Call_GuestThatCallsTheHost_ReturnsWhatBothMake()
    {
        using Sandbox sandbox = Hello(options => options.AddHostFunction("GetWeekday", () => "Friday"));
        Assert.Equal("Hello, World! Today is Friday.", sandbox.Call<string>("SayHello", "World"));
        Assert.Equal("Hello, Wörld ☃! Today is Friday.", sandbox.Call<string>("SayHello", "Wörld ☃"));
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
    }

    [Fact]
    public void Call_EveryType_GoesThereAndBack()
    {
        using Sandbox sandbox = Hello();
        foreach (int value in new[] { 0, 1, -1, int.MinValue, int.MaxValue })
            Assert.Equal(value, sandbox.Call<int>("EchoInt", value));
        foreach (uint value in new[] { 0u, uint.MaxValue })
            Assert.Equal(value, sandbox.Call<uint>("EchoUInt", value));
        foreach (long value in new[] { 0L, long.MinValue, long.MaxValue })
            Assert.Equal(value, sandbox.Call<long>("EchoLong", value));
        foreach (ulong value in new[] { 0UL, ulong.MaxValue })
            Assert.Equal(value, sandbox.Call<ulong>("EchoULong", value));
        foreach (float value in new[] { 0f, -0f, 1.5f, float.NaN, float.PositiveInfinity, float.Epsilon })
            Assert.Equal(BitsOf(value), BitsOf(sandbox.Call<float>("EchoFloat", value)));
        foreach (double value in new[] { 0d, -0d, 1.5, double.NaN, double.NegativeInfinity, double.Epsilon })
            Assert.Equal(BitsOf(value), BitsOf(sandbox.Call<double>("EchoDouble", value)));
        foreach (bool value in new[] { true, false })
            Assert.Equal(value, sandbox.Call<bool>("EchoBool", value));
        foreach (string value in new[] { "", "a", "schöne Grüße ☃ 🙂", new string('x', 5000) })
            Assert.Equal(value, sandbox.Call<string>("EchoString", value));
        foreach (byte[] value in new byte[][] { [], [0], [1, 2, 3], RandomNumberGenerator.GetBytes(7000) })
            Assert.Equal(value, sandbox.Call<byte[]>("EchoBytes", value));
        sandbox.Call("Nothing");
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Call_Digest_IsThatOfTheHost(int length)
    {
        using Sandbox sandbox = Sandbox.Create(Guests.Digest, options =>
        {
            options.Engine = Machines.Machines.Software;
            options.InputBufferSize = 1 << 20;
            options.ScratchSize = 4 << 20;
        });
        byte[] bytes = RandomNumberGenerator.GetBytes(length);
        byte[] expected = SHA256.HashData(bytes);
        Assert.Equal(expected, sandbox.Call<byte[]>("Digest", bytes));

        sandbox.Call("Begin");
        foreach (byte[] piece in bytes.Chunk(777))
            sandbox.Call("Update", piece);

        Assert.Equal(expected, sandbox.Call<byte[]>("End"));
    }

    [Fact]
    public void Call_WhatTheGuestRefuses_IsAnErrorAndLeavesTheSandboxReady()
    {
        using Sandbox sandbox = Hello();
        AssertError(GuestErrorCode.FunctionNotFound, () => sandbox.Call("Nope"));
        AssertError(GuestErrorCode.WrongParameterCount, () => sandbox.Call<int>("Add", 1));
        AssertError(GuestErrorCode.ParameterTypeMismatch, () => sandbox.Call<int>("Add", 1, "2"));
        GuestErrorException own = AssertError((GuestErrorCode)77, () => sandbox.Call("Fail", 77UL, "on purpose"));
        Assert.Equal(("Fail", "on purpose"), (own.Function, own.Text));
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void Call_ResultOfAnotherType_IsRefusedAndLeavesTheSandboxReady()
    {
        using Sandbox sandbox = Hello();
        Assert.Throws<InvalidCastException>(() => sandbox.Call<string>("Add", 1, 2));
        Assert.Throws<NotSupportedException>(() => sandbox.Call<short>("Add", 1, 2));
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void Call_ArgumentsThatDoNotFit_AreRefusedAndLeaveTheSandboxReady()
    {
        using Sandbox sandbox = Hello();
        Assert.Throws<ArgumentException>(() => sandbox.Call<string>("EchoString", new string('x', 20_000)));
        Assert.Throws<ArgumentException>(() => sandbox.Call("Nothing", [.. Enumerable.Repeat<GuestValue>(1, 17)]));
        Assert.Throws<ArgumentException>(() => sandbox.Call("Nothing", GuestValue.Void));
        Assert.Throws<ArgumentException>(() => sandbox.Call(""));
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void Call_GuestThatAborts_PoisonsTheSandbox()
    {
        using Sandbox sandbox = Hello();
        using Snapshot clean = sandbox.TakeSnapshot();
        var abort = Assert.Throws<GuestAbortedException>(() => sandbox.Call("Abort", 42, "the end"));
        Assert.Equal(((GuestErrorCode)42, null, "the end"), (abort.Code, abort.Vector, abort.Text));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
        Assert.Throws<InvalidOperationException>(() => sandbox.Call<int>("Add", 1, 2));
        Assert.Throws<InvalidOperationException>(sandbox.TakeSnapshot);

        sandbox.Restore(clean);
        Assert.Equal(SandboxStatus.Ready, sandbox.Status);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void HostFunction_ThatThrows_IsTheGuestsErrorWithTheHostsCause()
    {
        using Sandbox sandbox = Hello(options
            => options.AddHostFunction("GetWeekday", string () => throw new InvalidTimeZoneException("no clock")));
        GuestErrorException error = AssertError(
            GuestErrorCode.HostFunctionFailed, () => sandbox.Call<string>("SayHello", "World"));
        Assert.Contains("no clock", error.Text, StringComparison.Ordinal);
        Assert.IsType<InvalidTimeZoneException>(error.InnerException);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void HostFunction_ThatIsNotThere_OrHasOtherTypes_IsTheGuestsError()
    {
        using Sandbox none = Hello();
        AssertError(GuestErrorCode.HostFunctionFailed, () => none.Call<string>("SayHello", "World"));
        using Sandbox number = Hello(options => options.AddHostFunction("GetWeekday", () => 5));
        AssertError(GuestErrorCode.HostFunctionFailed, () => number.Call<string>("SayHello", "World"));
        using Sandbox asks = Hello(options => options.AddHostFunction("GetWeekday", (int day) => $"{day}"));
        AssertError(GuestErrorCode.HostFunctionFailed, () => asks.Call<string>("SayHello", "World"));
        using Sandbox nothing = Hello(options => options.AddHostFunction("GetWeekday", string? () => null));
        AssertError(GuestErrorCode.HostFunctionFailed, () => nothing.Call<string>("SayHello", "World"));
    }

    [Fact]
    public void HostFunction_AnswerThatDoesNotFit_IsTheGuestsError()
    {
        using Sandbox sandbox = Hello(options => options.AddHostFunction("GetWeekday", () => new string('x', 100_000)));
        AssertError(GuestErrorCode.HostFunctionFailed, () => sandbox.Call<string>("SayHello", "World"));
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void HostFunction_ThatCallsTheSandbox_IsRefused()
    {
        Sandbox? sandbox = null;
        Exception? inner = null;
        using (sandbox = Hello(options => options.AddHostFunction("GetWeekday", () =>
        {
            inner = Record.Exception(() => sandbox!.Call<int>("Add", 1, 2));
            Assert.Throws<InvalidOperationException>(sandbox!.Dispose);
            return "today";
        })))
        {
            Assert.Equal("Hello, you! Today is today.", sandbox.Call<string>("SayHello", "you"));
            Assert.IsType<InvalidOperationException>(inner);
        }
    }

    [Fact]
    public void Call_TimeIsUpWhileTheGuestRuns_StopsIt()
    {
        using Sandbox sandbox = Slow(out byte[] much);
        using Snapshot clean = sandbox.TakeSnapshot();
        var late = Assert.Throws<GuestTimeoutException>(
            () => sandbox.Call<byte[]>("Digest", TimeSpan.FromMilliseconds(1), CancellationToken.None, much));
        Assert.Equal(TimeSpan.Zero, late.Overrun);
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
        sandbox.Restore(clean);
        Assert.Equal(SHA256.HashData([1]), sandbox.Call<byte[]>("Digest", new byte[] { 1 }));
    }

    [Fact]
    public void Call_CancelledWhileTheGuestRuns_StopsIt()
    {
        using Sandbox sandbox = Slow(out byte[] much);
        do
        {
            // On a busy machine it comes before the call has begun, which changes nothing.
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
            var stopped = Assert.Throws<OperationCanceledException>(
                () => sandbox.Call<byte[]>("Digest", Timeout.InfiniteTimeSpan, source.Token, much));
            Assert.Equal(source.Token, stopped.CancellationToken);
        }
        while (sandbox.Status == SandboxStatus.Ready);

        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
    }

    [Fact]
    public async Task CallAsync_WhoseTimeIsUp_IsStopped()
    {
        using Sandbox sandbox = Slow(out byte[] much);
        await Assert.ThrowsAsync<GuestTimeoutException>(
            () => sandbox.CallAsync<byte[]>("Digest", [much], TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
    }

    [Fact]
    public void Call_WithoutAResult_HasATimeoutToo()
    {
        using Sandbox sandbox = Slow(out byte[] much);
        sandbox.Call("Begin", TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Throws<GuestTimeoutException>(
            () => sandbox.Call("Update", TimeSpan.FromMilliseconds(1), CancellationToken.None, much));
    }

    [Fact]
    public void Call_CancelledBeforeItBegins_ChangesNothing()
    {
        using Sandbox sandbox = Hello();
        Assert.Throws<OperationCanceledException>(
            () => sandbox.Call<int>("Add", Timeout.InfiniteTimeSpan, new CancellationToken(canceled: true), 1, 2));
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public void Call_TimeIsUpInAHostFunction_TellsItAndReportsTheOverrun()
    {
        using Sandbox sandbox = Hello(options => options.AddHostFunction("GetWeekday", (CancellationToken token) =>
        {
            token.WaitHandle.WaitOne();
            Thread.Sleep(20);
            return "too late";
        }));

        // Long enough for the guest to get as far as the host function on any machine.
        var late = Assert.Throws<GuestTimeoutException>(
            () => sandbox.Call<string>("SayHello", TimeSpan.FromMilliseconds(500), CancellationToken.None, "World"));
        Assert.InRange(late.Overrun, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
    }

    [Fact]
    public async Task CallAsync_RunsOnAnotherThread()
    {
        int caller = Environment.CurrentManagedThreadId;
        int thread = 0;
        using Sandbox sandbox = Hello(options => options.AddHostFunction("GetWeekday", () =>
        {
            thread = Environment.CurrentManagedThreadId;
            return "Monday";
        }));
        string greeting = await sandbox.CallAsync<string>("SayHello", ["you"], TestContext.Current.CancellationToken);
        Assert.Equal("Hello, you! Today is Monday.", greeting);
        Assert.NotEqual(caller, thread);
    }

    [Fact]
    public void Output_TakesWhatTheGuestPrints()
    {
        using var writer = new StringWriter();
        using Sandbox sandbox = Hello(options => options.Output = writer);
        sandbox.Call("Print", "grüß ");
        sandbox.Call("Print", "Gott 🙂");
        Assert.Equal("grüß Gott 🙂", writer.ToString());
    }

    [Fact]
    public void Logger_TakesTheGuestsRecordsFromItsLevelOn()
    {
        var logger = new ListLogger();
        using Sandbox sandbox = Hello(options =>
        {
            options.Logger = logger;
            options.GuestLogLevel = LogLevel.Warning;
        });
        sandbox.Call("Log", 2, "not this");
        sandbox.Call("Log", 3, "but this {with braces}");
        (LogLevel level, string text) = Assert.Single(logger.Lines);
        Assert.Equal(LogLevel.Warning, level);
        Assert.Contains("but this {with braces}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Log_MoreThanIsAllowed_PoisonsTheSandbox()
    {
        using Sandbox sandbox = Hello(options =>
        {
            options.Logger = new ListLogger();
            options.Limits = new SandboxLimits { LogRecordsPerCall = 0 };
        });
        Assert.Throws<GuestCrashedException>(() => sandbox.Call("Log", 3, "one too many"));
        Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
    }

    [Fact]
    public void Options_ThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Hello(options => options.HeapSize = 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hello(options => options.InputBufferSize = 4096));
        Assert.Throws<ArgumentException>(() => Hello(options => options.ScratchSize = 16 << 10));
        Assert.Throws<ArgumentException>(() => Hello(options => options.ScratchSize = 1L << 40));
        Assert.Throws<ArgumentException>(() => Hello(options => options.InitDataAccess = MemoryAccess.Read));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hello(options => options.CallTimeout = TimeSpan.FromDays(100)));
        Assert.Throws<ArgumentException>(() => Hello(options => options.AddHostFunction("F", (DateTime when) => 1)));
        Assert.Throws<ArgumentException>(() => Hello(options =>
        {
            options.AddHostFunction("F", () => 1);
            options.AddHostFunction("F", () => 2);
        }));
    }

    [Fact]
    public void Dispose_Twice_AndUseAfterwards()
    {
        Sandbox sandbox = Hello();
        sandbox.Dispose();
        sandbox.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sandbox.Call<int>("Add", 1, 2));
        Assert.Throws<ObjectDisposedException>(sandbox.TakeSnapshot);
    }

    private static int BitsOf(float value) => BitConverter.SingleToInt32Bits(value);

    private static long BitsOf(double value) => BitConverter.DoubleToInt64Bits(value);

    private static Sandbox Slow(out byte[] much)
    {
        much = new byte[8 << 20];
        return Sandbox.Create(Guests.Digest, options =>
        {
            options.Engine = Machines.Machines.Software;
            options.InputBufferSize = 9 << 20;
            options.ScratchSize = 12 << 20;
        });
    }

    private static GuestErrorException AssertError(GuestErrorCode code, Action call)
    {
        var error = Assert.Throws<GuestErrorException>(call);
        Assert.Equal(code, error.Code);
        return error;
    }
}
