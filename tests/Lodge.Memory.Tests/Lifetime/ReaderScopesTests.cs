using System.Diagnostics;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class ReaderScopesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(20);
    private readonly LiveGuestMemory _live = new(GuestMemory.Empty);

    [Fact]
    public void WaitForReaders_WithoutReaders_ReturnsAtOnce()
    {
        Assert.True(_live.WaitForReaders(TimeSpan.Zero));
        Assert.True(_live.WaitForReaders(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void WaitForReaders_ScopeThatStaysOpen_ComesToItsTimeout()
    {
        using var reader = new ScopeHolder(_live);
        var clock = Stopwatch.StartNew();

        Assert.False(_live.WaitForReaders(Soon));
        Assert.InRange(clock.Elapsed, Soon, Ample);
        Assert.False(_live.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void WaitForReaders_ScopeThatEnds_ReturnsAfterIt()
    {
        using var reader = new ScopeHolder(_live);
        var wait = new Waiter(_live, Ample);
        Assert.False(wait.ReturnsWithin(Soon));

        reader.Leave();

        Assert.True(wait.ReturnsWithin(Ample));
        Assert.True(wait.Result);
    }

    [Fact]
    public void WaitForReaders_ScopeThatBeganAfterTheCall_IsNotWaitedFor()
    {
        var first = new ScopeHolder(_live);
        var wait = new Waiter(_live, Ample);
        Assert.False(wait.ReturnsWithin(Soon));
        using var second = new ScopeHolder(_live);

        first.Dispose();

        Assert.True(wait.ReturnsWithin(Ample));
        Assert.False(_live.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void WaitForReaders_FromInsideAScope_Throws()
    {
        using (_live.Enter())
            Assert.Throws<InvalidOperationException>(() => _live.WaitForReaders(Soon));

        Assert.True(_live.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void WaitForReaders_FromInsideAScopeOfAnotherSpace_Works()
    {
        var other = new LiveGuestMemory(GuestMemory.Empty);
        using ReaderScope scope = other.Enter();

        Assert.True(_live.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void WaitForReaders_OtherThreadInAScopeOfAnotherSpace_DoesNotWait()
    {
        var other = new LiveGuestMemory(GuestMemory.Empty);
        using var reader = new ScopeHolder(other);

        Assert.True(_live.WaitForReaders(TimeSpan.Zero));
        Assert.False(other.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void NestedScopes_AreWaitedForUntilTheOuterOneEnds()
    {
        using var reader = new ScopeHolder(_live, depth: 2);

        reader.Leave();
        Assert.False(_live.WaitForReaders(TimeSpan.Zero));
        reader.Leave();
        Assert.True(_live.WaitForReaders(Ample));
    }

    [Fact]
    public void ScopesThatEndOutOfOrder_AreEachWaitedFor()
    {
        ReaderScope first = _live.Enter();
        ReaderScope second = _live.Enter();
        first.Dispose();

        Assert.Throws<InvalidOperationException>(() => _live.WaitForReaders(TimeSpan.Zero));
        second.Dispose();
        Assert.True(_live.WaitForReaders(TimeSpan.Zero));
    }

    [Fact]
    public void SixteenScopes_AreTheLimitOfAThread_AndTheNextOneLeavesThemAsTheyAre()
    {
        using var reader = new ScopeHolder(_live, depth: 16);
        Assert.False(_live.WaitForReaders(TimeSpan.Zero));

        Assert.IsType<InvalidOperationException>(reader.TryEnterOneMore());

        for (int i = 0; i < 16; i++)
            reader.Leave();

        Assert.True(_live.WaitForReaders(Ample));
        Assert.Null(reader.TryEnterOneMore());
    }

    [Fact]
    public void ScopeOfAThreadThatDied_IsNotWaitedForAnyMore()
    {
        var thread = new Thread(() => _live.Enter());
        thread.Start();
        thread.Join();
        thread = null;

        Assert.True(
            Collector.CollectUntil(() => _live.WaitForReaders(TimeSpan.Zero)), "A thread that is gone is still waited for.");
    }

    [Fact]
    public void ScopeOfAThreadThatDiesDuringTheWait_EndsTheWait()
    {
        using var died = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            _live.Enter();
            died.Wait();
        });
        thread.Start();
        Assert.True(SpinWait.SpinUntil(() => !_live.WaitForReaders(TimeSpan.Zero), Ample));
        var wait = new Waiter(_live, TimeSpan.FromSeconds(3));
        Assert.False(wait.ReturnsWithin(Soon));

        died.Set();
        thread.Join();
        thread = null;

        Assert.True(Collector.CollectUntil(() => wait.ReturnsWithin(TimeSpan.FromMilliseconds(1))));
        Assert.True(wait.Result, "The wait ran into its timeout for a thread that is gone.");
    }

    [Fact]
    public void ManyThreadsInManyScopes_AreAllWaitedForAndForgotten()
    {
        for (int round = 0; round < 5; round++)
        {
            ScopeHolder[] readers = [.. Enumerable.Range(0, 40).Select(_ => new ScopeHolder(_live))];
            foreach (ScopeHolder reader in readers)
            {
                Assert.False(_live.WaitForReaders(TimeSpan.Zero));
                reader.Dispose();
            }

            Assert.True(_live.WaitForReaders(Ample));
        }
    }

    [Fact]
    public void SeveralWaiters_AtATime_AllReturn()
    {
        using var reader = new ScopeHolder(_live);
        Waiter[] waits = [.. Enumerable.Range(0, 4).Select(_ => new Waiter(_live, Ample))];
        Thread.Sleep(Soon);

        reader.Leave();

        Assert.All(waits, wait => Assert.True(wait.ReturnsWithin(Ample) && wait.Result));
    }
}
