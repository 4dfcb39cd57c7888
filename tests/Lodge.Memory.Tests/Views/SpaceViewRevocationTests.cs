using System.Runtime.CompilerServices;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class SpaceViewRevocationTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly GuestMemory _memory = GuestMemory.Anonymous(0x10000);

    private SpaceView View => SpaceView.Of(_memory, new GuestRange(0x1000, 0x1000), MemoryAccess.All);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void RevokedView_DeniesEveryAccess()
    {
        SpaceView view = View;
        view.Write(0x1000, 1U);
        Assert.False(view.IsRevoked);
        view.Revoke();
        view.Revoke();

        Assert.True(view.IsRevoked);
        Assert.False(view.TryRead<uint>(0x1000, out _, out AccessFault fault));
        Assert.Equal(new AccessFault(FaultKind.Revoked, 0x1000, 4, MemoryAccess.Read), fault);
        Assert.False(view.TryWrite(0x1ffc, 1U, out fault));
        Assert.Equal(FaultKind.Revoked, fault.Kind);
        Assert.Equal(0, view.Read(0x1000, new byte[16], out fault));
        Assert.Equal(FaultKind.Revoked, fault.Kind);
        Assert.False(view.TryFetchAdd(0x1000, 1U, out _, out fault));
        Assert.Equal(FaultKind.Revoked, fault.Kind);
        Assert.Equal(1U, _memory.Read<uint>(0x1000));
    }

    [Fact]
    public void RevokingAParent_RevokesAllThatComeFromItAtOnce()
    {
        SpaceView parent = View;
        SpaceView child = SpaceView.Of(parent, new GuestRange(0x1000, 0x800), MemoryAccess.All, 0);
        SpaceView grandchild = SpaceView.Of(child, new GuestRange(0, 0x100), MemoryAccess.All);
        parent.Revoke();
        foreach (SpaceView view in (SpaceView[])[child, grandchild])
        {
            Assert.True(view.IsRevoked);
            Assert.False(view.TryRead<byte>(0, out _, out AccessFault fault));
            Assert.Equal(new AccessFault(FaultKind.Revoked, 0, 1, MemoryAccess.Read), fault);
        }
    }

    [Fact]
    public void RevokingAChild_LeavesItsParentAndSiblings()
    {
        SpaceView parent = View;
        SpaceView child = SpaceView.Of(parent, parent.Range, MemoryAccess.All);
        SpaceView sibling = SpaceView.Of(parent, parent.Range, MemoryAccess.All);
        child.Revoke();
        Assert.True(parent.TryRead<byte>(0x1000, out _, out _));
        Assert.True(sibling.TryRead<byte>(0x1000, out _, out _));
    }

    [Fact]
    public void ViewOfARevokedView_IsRevoked()
    {
        SpaceView parent = View;
        parent.Revoke();
        SpaceView child = SpaceView.Of(parent, new GuestRange(0x1000, 8), MemoryAccess.All);
        Assert.True(child.IsRevoked);
        Assert.False(child.TryRead<byte>(0x1000, out _, out _));
    }

    [Fact]
    public void GrandchildOfAForgottenChild_IsRevokedToo()
    {
        SpaceView parent = View;
        SpaceView grandchild = GrandchildOf(parent);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        SpaceView.Of(parent, parent.Range, MemoryAccess.All);
        parent.Revoke();
        Assert.True(grandchild.IsRevoked);
    }

    [Fact]
    public void ViewsMadeWhileTheirParentIsRevoked_AreAllRevoked()
    {
        for (int round = 0; round < 200; round++)
        {
            SpaceView parent = View;
            using var start = new Barrier(3);
            var made = new List<SpaceView>[2];
            Thread[] makers = [.. Enumerable.Range(0, 2).Select(i => new Thread(() =>
            {
                made[i] = [];
                start.SignalAndWait();
                for (int n = 0; n < 20; n++)
                {
                    SpaceView child = SpaceView.Of(parent, parent.Range, MemoryAccess.All);
                    made[i].Add(child);
                    made[i].Add(SpaceView.Of(child, parent.Range, MemoryAccess.All));
                }
            }))];
            foreach (Thread maker in makers)
                maker.Start();

            start.SignalAndWait(TestContext.Current.CancellationToken);
            parent.Revoke();
            foreach (Thread maker in makers)
                maker.Join();

            Assert.All(made, static views => Assert.All(views, static view => Assert.True(view.IsRevoked)));
        }
    }

    [Fact]
    public void WaitForReaders_WaitsForAScopeOnTheViewOrOnOneOfItsChildren()
    {
        SpaceView view = View;
        SpaceView child = SpaceView.Of(view, new GuestRange(0x1000, 8), MemoryAccess.All);
        foreach (SpaceView used in (SpaceView[])[view, child])
        {
            using var entered = new ManualResetEventSlim();
            using var leave = new ManualResetEventSlim();
            var reader = new Thread(() =>
            {
                using ReaderScope scope = used.Enter();
                entered.Set();
                leave.Wait();
            })
            { IsBackground = true };
            reader.Start();
            Assert.True(entered.Wait(Long, TestContext.Current.CancellationToken));
            Assert.False(view.WaitForReaders(Short));
            Assert.False(child.WaitForReaders(TimeSpan.Zero));
            leave.Set();
            Assert.True(view.WaitForReaders(Long));
            Assert.True(reader.Join(Long));
        }
    }

    [Fact]
    public void WaitForReaders_InAScopeOfItsOwn_IsMisuse()
    {
        SpaceView view = View;
        using ReaderScope scope = view.Enter();
        Assert.Throws<InvalidOperationException>(() => view.WaitForReaders(Short));
        Assert.True(View.WaitForReaders(Short));
    }

    [ProcessWideBarrierFact]
    public void MemoryReusedAfterRevocationAndWaiting_IsWrittenByNobodyInAScope()
        => Assert.Equal(0, CountWritesAfterRevocation(isWaiting: true));

    [Fact]
    public void MemoryReusedAfterRevocationWithoutWaiting_IsWritten()
        => Assert.NotEqual(0, CountWritesAfterRevocation(isWaiting: false));

    // A component takes a slice in a scope, lingers, and writes. Once the view is revoked, the memory is somebody else's: a
    // write of the component's found there later is one too many.
    private int CountWritesAfterRevocation(bool isWaiting)
    {
        int late = 0;
        for (int round = 0; round < 40; round++)
        {
            SpaceView view = View;
            using var begun = new ManualResetEventSlim();
            var component = new Thread(() =>
            {
                while (true)
                {
                    using ReaderScope scope = view.Enter();
                    if (!view.TryGetSlice(0x1000, 8, MemoryAccess.Write, out GuestSlice slice, out _))
                        return;

                    begun.Set();
                    Thread.Sleep(2);
                    slice.Write(0, ulong.MaxValue);
                }
            })
            { IsBackground = true };
            component.Start();
            Assert.True(begun.Wait(Long, TestContext.Current.CancellationToken));

            view.Revoke();
            if (isWaiting)
                Assert.True(view.WaitForReaders(Long));

            _memory.Write(0x1000, (ulong)round);
            Assert.True(component.Join(Long));
            if (_memory.Read<ulong>(0x1000) != (ulong)round)
                late++;
        }

        return late;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SpaceView GrandchildOf(SpaceView parent)
        => SpaceView.Of(SpaceView.Of(parent, parent.Range, MemoryAccess.All), parent.Range, MemoryAccess.All);
}
