using System.Globalization;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxPoolStressTests
{
    private const int Capacity = 3;

    // Two seconds, or as many as LODGE_RANDOM_SECONDS says.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("LODGE_RANDOM_SECONDS") ?? "2", CultureInfo.InvariantCulture));

    private int _rents;
    private int _cancelled;
    private int _failed;
    private byte[]? _clean;

    /// <summary>Many renters who do what they should not: they poison, dispose of, keep and forget to await, while others
    /// cancel, and the engine fails now and then. Nobody finds anything of anybody else, and no place is lost.</summary>
    [Fact]
    public async Task Pool_OfHostileRenters_StaysWholeAndClean()
    {
        using var hostile = new PoolUnderTest(Capacity, guest: HostileGuest.Path);
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"Seed {seed}");
        using (PooledSandbox first = hostile.Rent())
            _clean = HostileGuest.ScratchOf(first.Sandbox);

        int creations = 0;
        int harvests = 0;
        hostile.Engine.FailsToCreate = () => Interlocked.Increment(ref creations) % 5 == 0;
        hostile.Engine.FailsToHarvest = () => Interlocked.Increment(ref harvests) % 50 == 0;
        long end = Environment.TickCount64 + (long)Duration.TotalMilliseconds;
        Task[] renters = [.. Enumerable.Range(0, 4 * Capacity)
            .Select(i => Run(() => RentUntil(end, hostile.Pool, new Random(seed + i))))];
        await Task.WhenAll(renters).WaitAsync(Duration + TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        // Calls that were left running end by themselves.
        Assert.True(SpinWait.SpinUntil(() => hostile.Pool.InUse == 0, TimeSpan.FromMinutes(1)), "A place was lost.");
        Assert.Equal(0, hostile.Pool.Waiting);
        Assert.InRange(hostile.Engine.MostAlive, 1, Capacity);
        Assert.Equal(hostile.Pool.Idle, hostile.Engine.Alive);
        Assert.Equal(hostile.Pool.Created - hostile.Pool.Replaced, hostile.Pool.Idle);
        TestContext.Current.SendDiagnosticMessage(
            $"{_rents} rents, {_cancelled} cancelled, {_failed} failed, {hostile.Pool.Replaced} replaced");
        Assert.True(_rents > 20 && _cancelled > 0 && _failed > 0 && hostile.Pool.Replaced > 0, "Not everything came up.");
        hostile.Pool.Dispose();
        Assert.Equal(0, hostile.Engine.Alive);
        Assert.True(hostile.IsMemoryFreed);
    }

    [Fact]
    public async Task Dispose_WhileManyRent_LeavesNothing()
    {
        for (int i = 0; i < 30; i++)
        {
            using var notes = new PoolUnderTest(Capacity);
            using var begin = new Barrier(9);
            Task[] renters = [.. Enumerable.Range(0, 8).Select(_ => Run(() => RentUntilTheEnd(notes.Pool, begin)))];
            begin.SignalAndWait(TestContext.Current.CancellationToken);
            Thread.Sleep(i % 5);
            notes.Pool.Dispose();
            await Task.WhenAll(renters).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal((0, 0, 0, 0), (notes.Pool.InUse, notes.Pool.Idle, notes.Pool.Waiting, notes.Engine.Alive));
            Assert.True(notes.IsMemoryFreed);
        }
    }

    // On a thread of its own: the thread pool's are for timers, and for those who wait.
    private static Task Run(Action work)
        => Task.Factory.StartNew(
            work, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void RentUntilTheEnd(SandboxPool pool, Barrier begin)
    {
        begin.SignalAndWait();
        try
        {
            while (true)
            {
                using PooledSandbox rented = pool.RentAsync().AsTask().GetAwaiter().GetResult();
                rented.Sandbox.Call("Put", "key", "value");
                Assert.Equal(1, rented.Sandbox.Call<int>("Count"));
            }
        }
        catch (ObjectDisposedException)
        {
            // So it ends.
        }
    }

    private void RentUntil(long end, SandboxPool pool, Random random)
    {
        while (Environment.TickCount64 < end)
        {
            using var source = new CancellationTokenSource();
            if (random.Next(3) == 0)
                source.CancelAfter(random.Next(3));

            try
            {
                using PooledSandbox rented = pool.RentAsync(source.Token).AsTask().GetAwaiter().GetResult();
                Interlocked.Increment(ref _rents);
                Assert.True(_clean.AsSpan().SequenceEqual(HostileGuest.ScratchOf(rented.Sandbox)), "Something was left.");
                Assert.Equal(SandboxStatus.Ready, rented.Sandbox.Status);
                Assert.Equal(3, rented.Sandbox.Call<int>("Add", 1, 2));
                Misbehave(rented, random);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref _cancelled);
            }
            catch (MachineException)
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }

    private static void Misbehave(PooledSandbox rented, Random random)
    {
        Sandbox sandbox = rented.Sandbox;
        switch (random.Next(7))
        {
            case 0:
                Assert.Throws<GuestCrashedException>(() => sandbox.Call("Halt", true));
                break;
            case 1:
                Assert.Throws<GuestTimeoutException>(
                    () => sandbox.Call<GuestValue>("Loop", TimeSpan.FromMilliseconds(2), CancellationToken.None));
                break;
            case 2:
                sandbox.Dispose();
                break;
            case 3:
                // Its call may have begun when it is returned, or have yet to begin.
                Task call = sandbox.CallAsync<int>("Add", [1, 2], CancellationToken.None);
                SpinWait.SpinUntil(() => call.Status == TaskStatus.Running, random.Next(3));
                Assert.True(
                    Record.Exception(rented.Dispose) is null or InvalidOperationException, "It ended in another way.");
                Assert.True(
                    Record.Exception(() => call.Wait(TimeSpan.FromMinutes(1))) is null
                        or AggregateException { InnerException: ObjectDisposedException },
                    "The call ended in another way.");
                break;
            case 4:
                Task.WaitAll(Enumerable.Range(0, 3).Select(_ => Task.Run(rented.Dispose)));
                break;
            default:
                sandbox.Call("Plant", 0x1234_5678_9ABCUL);
                break;
        }
    }
}
