using System.Text;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxPoolReturnTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void Return_LeavesNothingOfTheUserInTheSandbox()
    {
        byte[] secret = Encoding.UTF8.GetBytes("the secret of the last request");
        using var notes = new PoolUnderTest(1);
        GuestMemory memory;
        GuestRange scratch;
        using (PooledSandbox rented = notes.Rent())
        {
            rented.Sandbox.Call("Put", "key", Encoding.UTF8.GetString(secret));
            memory = rented.Sandbox.PhysicalMemory;
            scratch = rented.Sandbox.Layout.Scratch;
            Assert.True(Find(secret, memory, scratch), "The secret was not where it could be found.");
        }

        // At once, and not only when somebody rents it again.
        Assert.Equal(1, notes.Pool.Idle);
        Assert.False(Find(secret, memory, scratch));

        static bool Find(byte[] what, GuestMemory memory, GuestRange range)
        {
            var bytes = new byte[range.Length];
            memory.ReadExactly(range.Start, bytes);
            return bytes.AsSpan().IndexOf(what) >= 0;
        }
    }

    [Fact]
    public void Return_Twice_ReturnsOnce()
    {
        using var notes = new PoolUnderTest(2);
        PooledSandbox rented = notes.Rent();
        rented.Dispose();
        PooledSandbox next = notes.Rent();
        rented.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rented.Sandbox);
        Assert.Equal((1, 0), (notes.Pool.InUse, notes.Pool.Idle));
        Assert.Equal(0, next.Sandbox.Call<int>("Count"));
        Parallel.For(0, 8, _ => next.Dispose());
        Assert.Equal((0, 1), (notes.Pool.InUse, notes.Pool.Idle));
    }

    [Fact]
    public void Sandbox_ThatSomebodyKeepsAfterTheReturn_CanDoNothingToTheNextUser()
    {
        using var notes = new PoolUnderTest(1);
        Sandbox kept;
        using (PooledSandbox rented = notes.Rent())
            kept = rented.Sandbox;

        AssertUseless(kept);
        using PooledSandbox next = notes.Rent();
        next.Sandbox.Call("Put", "key", "value");
        AssertUseless(kept);
        Assert.Equal("value", next.Sandbox.Call<string>("Get", "key"));
        Assert.Equal((1, 1L), (notes.Engine.Alive, notes.Pool.Created));

        static void AssertUseless(Sandbox kept)
        {
            Assert.Throws<ObjectDisposedException>(() => kept.Call<int>("Count"));
            Assert.Throws<ObjectDisposedException>(kept.TakeSnapshot);
            kept.Dispose();
        }
    }

    [Fact]
    public void Return_OfAPoisonedSandbox_RestoresIt()
    {
        using var hostile = new PoolUnderTest(1, guest: HostileGuest.Path);
        for (int i = 0; i < 5; i++)
        {
            using PooledSandbox rented = hostile.Rent();
            Assert.Equal(3, rented.Sandbox.Call<int>("Add", 1, 2));
            Assert.Throws<GuestCrashedException>(() => rented.Sandbox.Call("Halt", true));
            Assert.Equal(SandboxStatus.Poisoned, rented.Sandbox.Status);
        }

        Assert.Equal((1L, 0L, 1), (hostile.Pool.Created, hostile.Pool.Replaced, hostile.Pool.Idle));
    }

    [Fact]
    public void Return_OfASandboxThatAHostileGuestHasSpoilt_RestoresIt()
    {
        using var hostile = new PoolUnderTest(1, guest: HostileGuest.Path);
        byte[]? clean = null;
        foreach (Attack attack in Attacks.Names.Select(Attacks.Named).Where(static attack => attack.Configure is null))
        {
            using (PooledSandbox rented = hostile.Rent())
            {
                clean ??= HostileGuest.ScratchOf(rented.Sandbox);
                bool isClean = clean.AsSpan().SequenceEqual(HostileGuest.ScratchOf(rented.Sandbox));
                Assert.True(isClean, $"It is not clean before {attack}.");
                HostileGuest.Call(rented.Sandbox, attack with { Timeout = TimeSpan.FromMilliseconds(20) });
            }

            Assert.Equal((1, 0), (hostile.Pool.Idle, hostile.Pool.InUse));
        }

        Assert.Equal((1L, 0L), (hostile.Pool.Created, hostile.Pool.Replaced));
    }

    [Fact]
    public void Return_OfASandboxOfAnotherSnapshot_RestoresItToThePools()
    {
        using var notes = new PoolUnderTest(1);
        using (PooledSandbox rented = notes.Rent())
        {
            rented.Sandbox.Call("Put", "key", "value");
            using Snapshot own = rented.Sandbox.TakeSnapshot();
            rented.Sandbox.Restore(own);
            Assert.Equal(1, rented.Sandbox.Call<int>("Count"));
        }

        using PooledSandbox next = notes.Rent();
        Assert.Equal((0, 1L), (next.Sandbox.Call<int>("Count"), notes.Pool.Created));
    }

    [Fact]
    public void Return_OfASandboxThatWasDisposedOf_FreesThePlace()
    {
        using var notes = new PoolUnderTest(1);
        using (PooledSandbox rented = notes.Rent())
            rented.Sandbox.Dispose();

        Assert.Equal((0, 0, 1L, 0), (notes.Pool.InUse, notes.Pool.Idle, notes.Pool.Replaced, notes.Engine.Alive));
        using PooledSandbox next = notes.Rent();
        Assert.Equal((0, 2L), (next.Sandbox.Call<int>("Count"), notes.Pool.Created));
    }

    [Fact]
    public void Return_WhereTheRestoreFails_ReplacesTheSandboxAndSaysWhy()
    {
        var logger = new ListLogger();
        using var notes = new PoolUnderTest(1, options => options with { Logger = logger, Name = "the pool" });
        PooledSandbox rented = notes.Rent();
        notes.Engine.FailsToHarvest = static () => true;
        rented.Dispose();
        notes.Engine.FailsToHarvest = static () => false;
        Assert.Equal((0, 0, 1L, 0), (notes.Pool.InUse, notes.Pool.Idle, notes.Pool.Replaced, notes.Engine.Alive));
        (LogLevel level, string text) = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Warning, "the pool has given up a sandbox: RestoreFailed."), (level, text));
        notes.Rent().Dispose();
        Assert.Equal(1, notes.Pool.Idle);
    }

    [Fact]
    public void Return_OfAnUnrecoverableSandbox_ReplacesIt()
    {
        using var notes = new PoolUnderTest(1);
        using (PooledSandbox rented = notes.Rent())
        {
            using Snapshot own = rented.Sandbox.TakeSnapshot();
            notes.Engine.FailsToHarvest = static () => true;
            Assert.Throws<MachineException>(() => rented.Sandbox.Restore(own));
            notes.Engine.FailsToHarvest = static () => false;
            Assert.Equal(SandboxStatus.Unrecoverable, rented.Sandbox.Status);
        }

        Assert.Equal((0, 0, 1L, 0), (notes.Pool.InUse, notes.Pool.Idle, notes.Pool.Replaced, notes.Engine.Alive));
    }

    [Fact]
    public async Task Return_WhileACallRuns_IsAnErrorAndHappensWhenItHasEnded()
    {
        using var isIn = new SemaphoreSlim(0);
        using var goesOn = new SemaphoreSlim(0);
        using SandboxPool pool = Greeters(() =>
        {
            isIn.Release();
            Assert.True(goesOn.Wait(Long));
            return "Friday";
        });
        PooledSandbox rented = await pool.RentAsync(TestContext.Current.CancellationToken);
        Sandbox kept = rented.Sandbox;
        Task<string> call = kept.CallAsync<string>("SayHello", ["World"], TestContext.Current.CancellationToken);
        Assert.True(await isIn.WaitAsync(Long, TestContext.Current.CancellationToken));

        Assert.Throws<InvalidOperationException>(rented.Dispose);
        rented.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rented.Sandbox);
        Assert.Throws<InvalidOperationException>(() => kept.Call<int>("Add", 1, 2));
        Assert.Equal((1, 0, false), (pool.InUse, pool.Idle, pool.TryRent(out _)));
        Task<PooledSandbox> waiter = pool.RentAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiter.IsCompleted);

        goesOn.Release();
        Assert.Equal("Hello, World! Today is Friday.", await call);
        using PooledSandbox next = await waiter;
        Assert.Throws<ObjectDisposedException>(() => kept.Call<int>("Add", 1, 2));
        Assert.Equal((3, 1L, 0L), (next.Sandbox.Call<int>("Add", 1, 2), pool.Created, pool.Replaced));
    }

    [Fact]
    public void Return_ByAHostFunctionOfTheCall_HappensWhenTheCallHasEnded()
    {
        PooledSandbox? rented = null;
        using SandboxPool pool = Greeters(() =>
        {
            Assert.Throws<InvalidOperationException>(rented!.Dispose);
            return "Friday";
        });
        Assert.True(pool.TryRent(out rented));
        Assert.Equal("Hello, World! Today is Friday.", rented.Sandbox.Call<string>("SayHello", "World"));
        Assert.Equal((0, 1), (pool.InUse, pool.Idle));
    }

    [Fact]
    public async Task Return_WhileACallRuns_ToAPoolThatIsDisposedOf_EndsTheSandboxAfterTheCall()
    {
        using var isIn = new SemaphoreSlim(0);
        using SandboxPool pool = Greeters(CancellationToken (CancellationToken token) =>
        {
            isIn.Release();
            token.WaitHandle.WaitOne();
            return token;
        });
        PooledSandbox rented = await pool.RentAsync(TestContext.Current.CancellationToken);
        using var source = new CancellationTokenSource();
        Task<string> call = rented.Sandbox.CallAsync<string>("SayHello", ["World"], source.Token);
        Assert.True(await isIn.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(rented.Dispose);
        pool.Dispose();
        Assert.Equal(1, pool.InUse);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((0, 0), (pool.InUse, pool.Idle));
    }

    private static SandboxPool Greeters(Func<string> getWeekday) => GreetersOf(getWeekday);

    private static SandboxPool Greeters(Func<CancellationToken, CancellationToken> wait)
        => GreetersOf((CancellationToken token) => $"{wait(token).IsCancellationRequested}");

    private static SandboxPool GreetersOf(Delegate getWeekday)
    {
        using Sandbox first = Sandbox.Create(Guests.Hello, static options => options.Engine = Machines.Machines.Software);
        using Snapshot snapshot = first.TakeSnapshot();
        return new SandboxPool(snapshot, new SandboxPoolOptions
        {
            Capacity = 1,
            Configure = options =>
            {
                options.Engine = Machines.Machines.Software;
                options.AddHostFunction("GetWeekday", getWeekday);
            },
        });
    }
}
