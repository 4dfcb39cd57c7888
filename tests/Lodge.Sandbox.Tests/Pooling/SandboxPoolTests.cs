using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Sandbox.Tests;

public sealed class SandboxPoolTests
{
    [Fact]
    public async Task RentAsync_MakesSandboxesWhenTheyAreWanted_AndLendsThemAgain()
    {
        using var notes = new PoolUnderTest(3);
        SandboxPool pool = notes.Pool;
        Assert.Equal((3, 0, 0, 0, 0), (pool.Capacity, pool.InUse, pool.Idle, (int)pool.Created, notes.Engine.Alive));
        using (PooledSandbox first = await notes.RentAsync())
        using (PooledSandbox second = await notes.RentAsync())
        {
            first.Sandbox.Call("Put", "key", "first");
            second.Sandbox.Call("Put", "key", "second");
            Assert.Equal("first", first.Sandbox.Call<string>("Get", "key"));
            Assert.Equal((2, 0), (pool.InUse, pool.Idle));
        }

        Assert.Equal((0, 2), (pool.InUse, pool.Idle));
        for (int i = 0; i < 10; i++)
        {
            using PooledSandbox again = await notes.RentAsync();
            Assert.Equal(0, again.Sandbox.Call<int>("Count"));
            again.Sandbox.Call("Put", "key", "value");
        }

        Assert.Equal((2, 0, 2), (pool.Created, pool.Replaced, notes.Engine.Alive));
    }

    [Fact]
    public void TryRent_WhereAllAreLent_SaysSo()
    {
        using var notes = new PoolUnderTest(2);
        PooledSandbox first = notes.Rent();
        using PooledSandbox second = notes.Rent();
        Assert.False(notes.Pool.TryRent(out PooledSandbox? none));
        Assert.Null(none);
        first.Dispose();
        using PooledSandbox third = notes.Rent();
        Assert.Equal(2, notes.Engine.MostAlive);
    }

    [Fact]
    public void Prewarm_MakesSandboxesAtOnce()
    {
        using var notes = new PoolUnderTest(3, static options => options with { Prewarm = 2 });
        Assert.Equal((0, 2, 2), (notes.Pool.InUse, notes.Pool.Idle, notes.Engine.Alive));
        using PooledSandbox first = notes.Rent();
        using PooledSandbox second = notes.Rent();
        using PooledSandbox third = notes.Rent();
        Assert.Equal(3, notes.Pool.Created);
    }

    [Fact]
    public void Prewarm_ThatFails_LeavesNothing()
    {
        var engine = new CountingEngine();
        int count = 0;
        engine.FailsToCreate = () => ++count == 3;
        using Sandbox first = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software);
        using Snapshot snapshot = first.TakeSnapshot();
        var options = new SandboxPoolOptions { Capacity = 4, Prewarm = 4, Configure = made => made.Engine = engine };
        Assert.Throws<MachineException>(() => new SandboxPool(snapshot, options));
        Assert.Equal((0, 2), (engine.Alive, engine.MostAlive));
    }

    [Fact]
    public void Options_ThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandboxPoolOptions { Capacity = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SandboxPoolOptions { Prewarm = -1 });
        Assert.Throws<ArgumentException>(() => new PoolUnderTest(2, static options => options with { Prewarm = 3 }));
        Assert.Throws<ArgumentNullException>(() => new SandboxPool(null!));
        new PoolUnderTest(1, static options => options with { Prewarm = 1 }).Dispose();
        Assert.Equal(2 * Environment.ProcessorCount, new SandboxPoolOptions().Capacity);
    }

    [Fact]
    public void Snapshot_ThatWasDisposedOf_IsRefused()
    {
        using Sandbox first = Sandbox.Create(Guests.Notes, static options => options.Engine = Machines.Machines.Software);
        Snapshot snapshot = first.TakeSnapshot();
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new SandboxPool(snapshot));
    }

    [Fact]
    public void Snapshot_IsHeldForAsLongAsThePoolMayNeedIt()
    {
        // Whoever made the pool has disposed of the snapshot already.
        using var notes = new PoolUnderTest(2);
        PooledSandbox rented = notes.Rent();
        notes.Rent().Dispose();
        Assert.Equal(0, rented.Sandbox.Call<int>("Count"));
        notes.Pool.Dispose();
        Assert.False(notes.IsMemoryFreed);
        Assert.Equal(0, rented.Sandbox.Call<int>("Count"));
        rented.Dispose();
        Assert.True(notes.IsMemoryFreed);
        Assert.Equal(0, notes.Engine.Alive);
    }

    [Fact]
    public async Task Dispose_EndsWaiting_AndTakesWhatIsLentWhenItComesBack()
    {
        using var notes = new PoolUnderTest(2, static options => options with { Prewarm = 2 });
        PooledSandbox rented = notes.Rent();
        PooledSandbox other = notes.Rent();
        Task<PooledSandbox>[] waiting = [notes.RentAsync(), notes.RentAsync()];
        Assert.Equal(2, notes.Pool.Waiting);
        notes.Pool.Dispose();
        notes.Pool.Dispose();
        foreach (Task<PooledSandbox> waiter in waiting)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => waiter);

        await Assert.ThrowsAsync<ObjectDisposedException>(notes.RentAsync);
        Assert.Throws<ObjectDisposedException>(() => notes.Pool.TryRent(out _));
        rented.Sandbox.Call("Put", "still", "there");
        rented.Dispose();
        Assert.Equal((1, 1, 0), (notes.Pool.InUse, notes.Engine.Alive, notes.Pool.Waiting));
        other.Dispose();
        Assert.Equal((0, 0, 0), (notes.Pool.InUse, notes.Pool.Idle, notes.Engine.Alive));
    }

    [Fact]
    public void PoolThatNobodyDisposesOf_IsNotKeptByTheMeter()
    {
        WeakReference pool = Abandon();
        for (int i = 0; i < 10 && pool.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(pool.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Abandon() => new(new PoolUnderTest(1, static options => options with { Prewarm = 1 }).Pool);
    }

    [Fact]
    public void Renter_WhoForgetsToReturn_KeepsThePlaceAndNoMore()
    {
        using var notes = new PoolUnderTest(1);
        WeakReference sandbox = Forget(notes);
        for (int i = 0; i < 10 && sandbox.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(sandbox.IsAlive);
        Assert.False(notes.Pool.TryRent(out _));
        Assert.Equal((1, 0), (notes.Pool.InUse, notes.Pool.Idle));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Forget(PoolUnderTest notes) => new(notes.Rent().Sandbox);
    }
}
