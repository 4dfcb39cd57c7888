using System.Collections.Concurrent;

namespace Lodge.Memory.Tests;

/// <summary>A thread that is in scopes of a space for as long as a test wants.</summary>
internal sealed class ScopeHolder : IDisposable
{
    private readonly LiveGuestMemory _live;
    private readonly Thread _thread;
    private readonly BlockingCollection<(Action? Work, TaskCompletionSource Done)> _orders = [];
    private int _depth;

    public ScopeHolder(LiveGuestMemory live, int depth = 1)
    {
        _live = live;
        _depth = depth;
        using var entered = new ManualResetEventSlim();
        _thread = new Thread(() =>
        {
            Nest(depth, entered);
            Obey();
        })
        { IsBackground = true };
        _thread.Start();
        entered.Wait();
    }

    /// <summary>Leaves the innermost scope.</summary>
    public void Leave()
    {
        if (_depth-- > 0)
            Order(null);
    }

    /// <summary>Enters and leaves a scope more; what was thrown, or nothing.</summary>
    public Exception? TryEnterOneMore()
    {
        Exception? thrown = null;
        Order(() =>
        {
            try
            {
                _live.Enter().Dispose();
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
            }
        });
        return thrown;
    }

    public void Dispose()
    {
        while (_depth > 0)
            Leave();

        _orders.CompleteAdding();
        _thread.Join();
    }

    private void Order(Action? work)
    {
        var done = new TaskCompletionSource();
        _orders.Add((work, done));
        done.Task.Wait();
    }

    // Scopes live on the stack, so a scope in a scope is a call in a call.
    private void Nest(int depth, ManualResetEventSlim entered)
    {
        TaskCompletionSource left;
        using (_live.Enter())
        {
            if (depth > 1)
                Nest(depth - 1, entered);
            else
                entered.Set();

            left = Obey()!;
        }

        left.SetResult();
    }

    /// <summary>Does what it is told until told to leave; the order to leave is fulfilled by who called.</summary>
    private TaskCompletionSource? Obey()
    {
        foreach ((Action? work, TaskCompletionSource done) in _orders.GetConsumingEnumerable())
        {
            if (work is null)
                return done;

            work();
            done.SetResult();
        }

        return null;
    }
}
