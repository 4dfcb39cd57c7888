using Xunit;

namespace Lodge.Sandbox.Tests;

/// <summary>Threads that all use one sandbox, in any way there is, without asking each other.</summary>
public sealed class ConcurrentUseTests
{
    private const int Threads = 6;
    private const int Uses = 9;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <summary>One use at a time: the others are refused, nobody gets half of anything, and in the end it works.</summary>
    [Fact]
    public async Task Sandbox_UsedByManyThreads_RefusesAllButOne()
    {
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"Seed {seed}");
        long end = Environment.TickCount64 + (long)Duration.TotalMilliseconds;
        var done = new int[Uses];
        Task[] users = [.. Enumerable.Range(0, Threads).Select(i => Run(() =>
        {
            var random = new Random(seed + i);
            while (Environment.TickCount64 < end)
            {
                int use = random.Next(Uses);
                if (Attempt(() => Use(sandbox, clean, use, random)))
                    Interlocked.Increment(ref done[use]);
            }
        }))];
        await Task.WhenAll(users).WaitAsync(Duration + TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", done));
        Assert.DoesNotContain(0, done);
        sandbox.Restore(clean);
        Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
    }

    [Fact]
    public async Task Dispose_WhileManyThreadsUseIt_EndsThemAll()
    {
        using Sandbox first = HostileGuest.Create();
        using Snapshot clean = first.TakeSnapshot();
        for (int round = 0; round < 20; round++)
        {
            Sandbox sandbox = HostileGuest.Create(clean);
            int seed = round;
            Task[] users = [.. Enumerable.Range(0, Threads).Select(i => Run(() =>
            {
                var random = new Random((seed * Threads) + i);
                while (!IsDisposed(() => Attempt(() => Use(sandbox, clean, random.Next(Uses), random))))
                {
                }
            }))];
            Thread.Sleep(round % 5);
            Assert.True(SpinWait.SpinUntil(() => Attempt(sandbox.Dispose), TimeSpan.FromMinutes(1)));
            await Task.WhenAll(users).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, first.Call<int>("Add", 1, 2));
    }

    /// <summary>What stops a call that is over already stops no other one.</summary>
    [Fact]
    public void Call_CancelledWhenItEnds_IsDoneOrCancelled_AndTheNextOneIsNot()
    {
        using Sandbox sandbox = HostileGuest.Create();
        using Snapshot clean = sandbox.TakeSnapshot();
        int cancelled = 0;
        for (int i = 0; i < 2000; i++)
        {
            using var source = new CancellationTokenSource();
            using var begin = new ManualResetEventSlim();
            int spins = i % 200 * 20;
            var other = new Thread(() =>
            {
                begin.Wait();
                Thread.SpinWait(spins);
                source.Cancel();
            });
            other.Start();
            begin.Set();
            try
            {
                Assert.Equal(3, sandbox.Call<int>("Add", Timeout.InfiniteTimeSpan, source.Token, 1, 2));
            }
            catch (OperationCanceledException)
            {
                cancelled++;
                if (sandbox.Status == SandboxStatus.Poisoned)
                    sandbox.Restore(clean);
            }

            Assert.Equal(7, sandbox.Call<int>("Add", 3, 4));
            other.Join();
            Assert.Equal(7, sandbox.Call<int>("Add", 3, 4));
        }

        TestContext.Current.SendDiagnosticMessage($"{cancelled} cancelled");
    }

    private static void Use(Sandbox sandbox, Snapshot clean, int use, Random random)
    {
        switch (use)
        {
            case 0:
                Assert.Equal(3, sandbox.Call<int>("Add", 1, 2));
                break;
            case 1:
                Assert.Throws<GuestTimeoutException>(
                    () => sandbox.Call<GuestValue>("Loop", TimeSpan.FromMilliseconds(random.Next(2)), CancellationToken.None));
                break;
            case 2:
                sandbox.Restore(clean);
                break;
            case 3:
                using (Snapshot taken = sandbox.TakeSnapshot())
                    Assert.InRange(taken.Generation, 1, 2);

                break;
            case 4:
                Assert.NotEmpty(sandbox.ReadPageMap(100).Ranges);
                break;
            case 5:
                sandbox.WriteCoreDump(Stream.Null, null, CancellationToken.None);
                break;
            case 6:
                sandbox.VirtualMemory.TryRead(0x4000, out ulong _, out _);
                break;
            case 7:
                sandbox.CallAsync<int>("Add", [1, 2], CancellationToken.None).GetAwaiter().GetResult();
                break;
            default:
                using (var source = new CancellationTokenSource(random.Next(2)))
                    sandbox.Call<int>("Recurse", Timeout.InfiniteTimeSpan, source.Token, 20);

                break;
        }
    }

    private static bool Attempt(Action use)
    {
        try
        {
            use();
            return true;
        }
        catch (InvalidOperationException refused) when (refused is not ObjectDisposedException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Xunit.Sdk.ThrowsException wrong) when (wrong.InnerException is InvalidOperationException and not ObjectDisposedException)
        {
            return false;
        }
        catch (Xunit.Sdk.ThrowsException wrong) when (wrong.InnerException is ObjectDisposedException disposed)
        {
            throw disposed;
        }
    }

    private static bool IsDisposed(Action use)
    {
        try
        {
            use();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private static Task Run(Action work)
        => Task.Factory.StartNew(
            work, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
