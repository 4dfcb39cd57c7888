using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxPoolWaitingTests
{
    [Fact]
    public async Task RentAsync_WhereAllAreLent_IsFirstComeFirstServed()
    {
        using var notes = new PoolUnderTest(1);
        PooledSandbox rented = notes.Rent();
        Task<PooledSandbox>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => notes.RentAsync())];
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.Equal(waiting.Length - i, notes.Pool.Waiting);
            Assert.All(waiting[i..], static waiter => Assert.False(waiter.IsCompleted));
            rented.Dispose();
            rented = await waiting[i];
            Assert.Equal(0, rented.Sandbox.Call<int>("Count"));
            rented.Sandbox.Call("Put", "key", "value");
        }

        rented.Dispose();
        Assert.Equal((1, 0, 1), (notes.Pool.Idle, notes.Pool.InUse, notes.Engine.MostAlive));
    }

    [Fact]
    public async Task RentAsync_Cancelled_LeavesNoHoleInTheQueue()
    {
        using var notes = new PoolUnderTest(1);
        PooledSandbox rented = notes.Rent();
        using var source = new CancellationTokenSource();
        Task<PooledSandbox> first = notes.Pool.RentAsync(source.Token).AsTask();
        Task<PooledSandbox> second = notes.RentAsync();
        Task<PooledSandbox> third = notes.Pool.RentAsync(source.Token).AsTask();
        await source.CancelAsync();
        Assert.Equal(source.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first)).CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => notes.Pool.RentAsync(source.Token).AsTask());
        Assert.Equal((1, false), (notes.Pool.Waiting, second.IsCompleted));
        rented.Dispose();
        (await second).Dispose();
        Assert.Equal((0, 1, 0), (notes.Pool.Waiting, notes.Pool.Idle, notes.Pool.InUse));
    }

    /// <summary>Whichever of the two comes first: either the waiter has the sandbox, or the pool.</summary>
    [Fact]
    public async Task RentAsync_CancelledWhileASandboxIsHandedOver_LosesNone()
    {
        using var notes = new PoolUnderTest(1);
        int answered = 0;
        int cancelled = 0;
        for (int i = 0; i < 1000; i++)
        {
            PooledSandbox rented = notes.Rent();
            using var source = new CancellationTokenSource();
            Task<PooledSandbox> waiter = notes.Pool.RentAsync(source.Token).AsTask();
            Task cancelling = Task.Run(source.Cancel, TestContext.Current.CancellationToken);
            Thread.SpinWait(i % 50 * 20);
            rented.Dispose();
            try
            {
                (await waiter).Dispose();
                answered++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            await cancelling;
            Assert.Equal((1, 0, 0), (notes.Pool.Idle, notes.Pool.InUse, notes.Pool.Waiting));
        }

        TestContext.Current.SendDiagnosticMessage($"{answered} answered, {cancelled} cancelled");
        Assert.Equal(1, notes.Engine.MostAlive);
    }

    [Fact]
    public async Task Waiter_WhoIsGivenThePlaceOfASandboxThatIsNoMore_MakesOne()
    {
        using var notes = new PoolUnderTest(1);
        PooledSandbox rented = notes.Rent();
        Task<PooledSandbox> waiter = notes.RentAsync();
        rented.Sandbox.Dispose();
        rented.Dispose();
        using PooledSandbox next = await waiter;
        Assert.Equal(0, next.Sandbox.Call<int>("Count"));
        Assert.Equal((2L, 1L, 1), (notes.Pool.Created, notes.Pool.Replaced, notes.Engine.MostAlive));
    }

    [Fact]
    public async Task Creation_ThatFails_IsTheRentersAndThePlaceIsFree()
    {
        using var notes = new PoolUnderTest(1);
        notes.Engine.FailsToCreate = static () => true;
        await Assert.ThrowsAsync<MachineException>(notes.RentAsync);
        Assert.Throws<MachineException>(() => notes.Pool.TryRent(out _));
        Assert.Equal((0, 0, 0L), (notes.Pool.InUse, notes.Pool.Idle, notes.Pool.Created));

        // Those who wait get it one after the other, and none is left waiting.
        notes.Engine.FailsToCreate = static () => false;
        PooledSandbox rented = notes.Rent();
        notes.Engine.FailsToCreate = static () => true;
        Task<PooledSandbox>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => notes.RentAsync())];
        rented.Sandbox.Dispose();
        rented.Dispose();
        foreach (Task<PooledSandbox> waiter in waiting)
            await Assert.ThrowsAsync<MachineException>(() => waiter);

        Assert.Equal((0, 0, 0), (notes.Pool.InUse, notes.Pool.Waiting, notes.Engine.Alive));
        notes.Engine.FailsToCreate = static () => false;
        notes.Rent().Dispose();
        Assert.Equal(1, notes.Pool.Idle);
    }

    [Fact]
    public void Configure_ThatThrows_IsTheRentersAndThePlaceIsFree()
    {
        bool throws = true;
        using var notes = new PoolUnderTest(1, options => options with
        {
            Configure = made =>
            {
                options.Configure!(made);
                if (throws)
                    throw new InvalidTimeZoneException("on purpose");
            },
        });
        Assert.Throws<InvalidTimeZoneException>(() => notes.Pool.TryRent(out _));
        throws = false;
        notes.Rent().Dispose();
        Assert.Equal((0, 1), (notes.Pool.InUse, notes.Pool.Idle));
    }
}
