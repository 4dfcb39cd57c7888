using System.Diagnostics;
using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Calls that end because time is up, when others are in the way.</summary>
[Collection(QuietProcess.Name)]
public sealed class CallDeadlineTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>As in a service whose requests all run guests that do not end.</summary>
    [Fact]
    public async Task Call_WhileThePoolHasNoThread_IsStopped()
    {
        using var release = new ManualResetEventSlim();
        using Sandbox sandbox = HostileGuest.Create();
        Task[] blocked = [.. Enumerable.Range(0, 200).Select(_ => Task.Run(release.Wait, TestContext.Current.CancellationToken))];
        try
        {
            var watch = Stopwatch.StartNew();
            Assert.Throws<GuestTimeoutException>(() => sandbox.Call("Loop", Short, CancellationToken.None));
            Assert.InRange(watch.Elapsed, Short, Soon);

            // Otherwise there was a thread that a timer could have had.
            Assert.Contains(blocked, static task => task.Status == TaskStatus.WaitingToRun);
        }
        finally
        {
            release.Set();
        }

        await Task.WhenAll(blocked);
    }

    [Fact]
    public async Task Calls_OfManyLengths_AreEachStoppedInTheirTime()
    {
        const int Calls = 6;
        var ended = new TimeSpan[Calls];
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => Task.Factory.StartNew(
            () =>
            {
                // The longest are begun first.
                using Sandbox sandbox = HostileGuest.Create();
                TimeSpan timeout = Short * (Calls - i);
                Thread.Sleep(TimeSpan.FromMilliseconds(5 * i));
                var watch = Stopwatch.StartNew();
                Assert.Throws<GuestTimeoutException>(() => sandbox.Call("Loop", timeout, CancellationToken.None));
                ended[i] = watch.Elapsed - timeout;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.All(ended, static late => Assert.InRange(late, TimeSpan.Zero, Soon));
    }

    [Fact]
    public void Call_WithNoTimeAtAll_IsStopped()
    {
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        for (int i = 0; i < 20; i++)
        {
            Assert.Throws<GuestTimeoutException>(() => sandbox.Call<int>("Add", TimeSpan.Zero, CancellationToken.None, 1, 2));
            Assert.Equal(SandboxStatus.Poisoned, sandbox.Status);
            sandbox.Restore(clean);
        }
    }

    /// <summary>One that ended in time leaves nothing behind that stops the next.</summary>
    [Fact]
    public void Calls_ThatEndInTime_AreNotStoppedLater()
    {
        using Sandbox sandbox = HostileGuest.Create();
        for (int i = 0; i < 2_000; i++)
            Assert.Equal(3, sandbox.Call<int>("Add", TimeSpan.FromSeconds(20) + TimeSpan.FromTicks(i), CancellationToken.None, 1, 2));

        Thread.Sleep(Short);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    /// <summary>What a function of the host has registered with its token waits: only it does.</summary>
    [Fact]
    public async Task Call_WhileACallbackOfAnotherWaits_IsStopped()
    {
        using var waits = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using Sandbox waiter = HostileGuest.Create(options => options.AddHostFunction("Odd", (CancellationToken token) =>
        {
            token.Register(() =>
            {
                waits.Set();
                release.Wait(TestContext.Current.CancellationToken);
            });
        }));
        using Sandbox sandbox = HostileGuest.Create();
        await Assert.ThrowsAsync<GuestTimeoutException>(
            () => waiter.CallAsync("CallAndLoop", [Messages.Call("Odd", GuestType.Void)], Short, TestContext.Current.CancellationToken));
        try
        {
            waits.Wait(TestContext.Current.CancellationToken);
            Assert.Throws<GuestTimeoutException>(() => sandbox.Call("Loop", Short, CancellationToken.None));
        }
        finally
        {
            release.Set();
        }
    }
}
