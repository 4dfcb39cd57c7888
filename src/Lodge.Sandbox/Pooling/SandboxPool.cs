using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Lodge.Sandbox;

/// <summary>Sandboxes of one snapshot that are lent, restored when they are given back, and lent again. There are never more than
/// <see cref="Capacity"/>; who comes when all are lent waits, first come, first served.</summary>
/// <remarks>
/// <para>All members may be used by any threads at the same time. Nobody is given a sandbox that has anything of its last user:
/// it is restored when it is given back, so no secret of theirs stays in it either, and the object they had does nothing any
/// more.</para>
/// <para>A sandbox that its user has poisoned is restored like any other. One that cannot be, or that its user has disposed
/// of, is given up, and its place is free for a new one.</para>
/// <para>The meter <c>Lodge.Sandbox</c> has these instruments, each with <c>lodge.sandbox.pool.name</c>:
/// <c>lodge.sandbox.pool.count</c> (by <c>lodge.sandbox.pool.state</c>: <c>used</c>, <c>idle</c>), <c>.max</c>,
/// <c>.pending_requests</c>, <c>.created</c>, <c>.replaced</c> (by <c>lodge.sandbox.pool.reason</c>: <c>disposed</c>,
/// <c>unrecoverable</c>, <c>restore_failed</c>), and in seconds <c>.wait.duration</c> and <c>.restore.duration</c>.</para>
/// </remarks>
public sealed class SandboxPool : IDisposable
{
    private readonly Lock _gate = new();

    // The last one that came is the first that goes: what it touches is in the caches.
    private readonly Stack<Sandbox> _idle = [];

    // Nobody waits where a sandbox is idle or a place is free.
    private readonly LinkedList<PoolWaiter> _waiters = [];
    private readonly Snapshot _snapshot;
    private readonly Action<SandboxOptions>? _configure;
    private readonly ILogger? _logger;

    // Sandboxes that are idle, lent, being made or being restored.
    private int _places;
    private long _created;
    private long _replaced;
    private bool _isDisposed;

    /// <summary>Makes a pool of sandboxes of a snapshot.</summary>
    /// <param name="snapshot">The snapshot, which may be disposed of afterwards.</param>
    /// <param name="options">What is to be other than usual.</param>
    /// <exception cref="ArgumentException">The snapshot is of a guest that has yet to be initialised, to which no sandbox can be
    /// restored; or more sandboxes are to be made at once than there may be.</exception>
    /// <exception cref="ObjectDisposedException">Somebody has disposed of the snapshot.</exception>
    /// <remarks>Where sandboxes are to be made at once, what <see cref="Sandbox.Create(Snapshot, Action{SandboxOptions})"/>
    /// throws comes out.</remarks>
    public SandboxPool(Snapshot snapshot, SandboxPoolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        options ??= new SandboxPoolOptions();
        if (!snapshot.IsInitialized)
        {
            throw new ArgumentException(
                "The snapshot is of a guest that has yet to be initialised: make a sandbox of it, and take a snapshot of that.",
                nameof(snapshot));
        }

        if (options.Prewarm > options.Capacity)
        {
            throw new ArgumentException(
                $"{options.Prewarm} sandboxes are to be made at once, and {options.Capacity} is the most that there may be.",
                nameof(options));
        }

        Capacity = options.Capacity;
        Name = options.Name ?? PoolMeter.NextName();
        _configure = options.Configure;
        _logger = options.Logger;
        _snapshot = new Snapshot(snapshot.Hold());
        try
        {
            for (; _places < options.Prewarm; _places++)
                _idle.Push(Create());
        }
        catch
        {
            Dispose();
            throw;
        }

        PoolMeter.Add(this);
    }

    /// <summary>What it is called in measurements.</summary>
    public string Name { get; }

    /// <summary>The most sandboxes that there are at a time.</summary>
    public int Capacity { get; }

    /// <summary>How many sandboxes are lent, being made or being restored.</summary>
    public int InUse
    {
        get
        {
            lock (_gate)
                return _places - _idle.Count;
        }
    }

    /// <summary>How many sandboxes there are to be had at once.</summary>
    public int Idle
    {
        get
        {
            lock (_gate)
                return _idle.Count;
        }
    }

    /// <summary>How many rents wait for a sandbox.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    /// <summary>How many sandboxes it has made.</summary>
    public long Created => Interlocked.Read(ref _created);

    /// <summary>How many sandboxes it has given up because they could not be lent again.</summary>
    public long Replaced => Interlocked.Read(ref _replaced);

    /// <summary>Rents a sandbox: one that is idle, a new one, which is made on this thread where there may be one more, or else
    /// the one that is given back when all who came earlier have got theirs.</summary>
    /// <param name="cancellationToken">Says that nobody wants it any more. A sandbox that is handed over at the same moment is
    /// either the caller's all the same, or goes to the next.</param>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of, before or while it waited.</exception>
    /// <remarks>Where a sandbox is to be made, what <see cref="Sandbox.Create(Snapshot, Action{SandboxOptions})"/> throws comes
    /// out, and the place is free again. Await the result: what nobody looks at is rented too.</remarks>
    public async ValueTask<PooledSandbox> RentAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long begun = PoolMeter.BeginWait();
        if (TakeOrWait(out Sandbox? sandbox) is { } waiter)
            sandbox = await WaitAsync(waiter, cancellationToken).ConfigureAwait(false);

        return Lend(sandbox, begun);
    }

    /// <summary>Rents a sandbox where that needs no waiting: one that is idle, or a new one, which is made on this
    /// thread.</summary>
    /// <param name="rented">The sandbox.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    /// <remarks>Where a sandbox is to be made, what <see cref="Sandbox.Create(Snapshot, Action{SandboxOptions})"/> throws comes
    /// out, and the place is free again.</remarks>
    public bool TryRent([NotNullWhen(true)] out PooledSandbox? rented)
    {
        long begun = PoolMeter.BeginWait();
        bool isThere;
        Sandbox? sandbox;
        lock (_gate)
            isThere = TryTakeUnsynchronized(out sandbox);

        rented = isThere ? Lend(sandbox, begun) : null;
        return isThere;
    }

    /// <summary>Disposes of the sandboxes that are idle. Who waits gets an <see cref="ObjectDisposedException"/>; sandboxes that
    /// are lent can be used on, and are disposed of when they are given back.</summary>
    public void Dispose()
    {
        Sandbox[] idle;
        PoolWaiter[] waiters;
        bool isLast;
        lock (_gate)
        {
            if (_isDisposed)
                return;

            Volatile.Write(ref _isDisposed, true);
            idle = [.. _idle];
            _idle.Clear();
            waiters = [.. _waiters];
            _waiters.Clear();
            _places -= idle.Length;
            isLast = _places == 0;
        }

        PoolMeter.Remove(this);
        foreach (PoolWaiter waiter in waiters)
            waiter.SetException(new ObjectDisposedException(nameof(SandboxPool)));

        foreach (Sandbox sandbox in idle)
            sandbox.Dispose();

        if (isLast)
            _snapshot.Dispose();
    }

    /// <summary>Takes a sandbox back from who had rented it.</summary>
    /// <returns>Whether that is done; otherwise a call runs, and it is done when that has ended.</returns>
    internal bool TryReturn(Sandbox used)
    {
        switch (used.CloseFor(this))
        {
            case SandboxClosing.Done:
                TakeBack(used);
                return true;
            case SandboxClosing.WasDisposedOf:
                OnReplaced(ReplacementReason.Disposed, null);
                Put(null);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes back a sandbox that is closed.</summary>
    internal void TakeBack(Sandbox closed)
    {
        Sandbox? clean = null;
        try
        {
            clean = Clean(closed.Renew());
        }
        finally
        {
            Put(clean);
        }
    }

    /// <summary>Restores a sandbox, or disposes of it.</summary>
    private Sandbox? Clean(Sandbox used)
    {
        bool isClean = false;
        try
        {
            // Its user's secrets go with it.
            if (Volatile.Read(ref _isDisposed))
                return null;

            if (used.Status == SandboxStatus.Unrecoverable)
            {
                OnReplaced(ReplacementReason.Unrecoverable, null);
                return null;
            }

            long begun = PoolMeter.BeginRestore();
            used.Restore(_snapshot);
            PoolMeter.EndRestore(this, begun);
            isClean = true;
            return used;
        }
        catch (Exception problem)
        {
            // Its user is done with it and can do nothing about it; the next one gets another.
            OnReplaced(ReplacementReason.RestoreFailed, problem);
            return null;
        }
        finally
        {
            if (!isClean)
                used.Dispose();
        }
    }

    private PoolWaiter? TakeOrWait(out Sandbox? sandbox)
    {
        lock (_gate)
        {
            if (TryTakeUnsynchronized(out sandbox))
                return null;

            var waiter = new PoolWaiter();
            _waiters.AddLast(waiter.Node);
            return waiter;
        }
    }

    /// <summary>Takes a sandbox, or a place where one is to be made.</summary>
    private bool TryTakeUnsynchronized(out Sandbox? sandbox)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_idle.TryPop(out sandbox))
            return true;

        if (_places == Capacity)
            return false;

        _places++;
        return true;
    }

    private async Task<Sandbox?> WaitAsync(PoolWaiter waiter, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (state, token) => StopWaiting((PoolWaiter)state!, token), waiter);
        return await waiter.Task.ConfigureAwait(false);
    }

    private void StopWaiting(PoolWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Otherwise it has been answered.
            if (waiter.Node.List is null)
                return;

            _waiters.Remove(waiter.Node);
        }

        waiter.SetCanceled(cancellationToken);
    }

    private PooledSandbox Lend(Sandbox? idle, long begun)
    {
        Sandbox sandbox = idle ?? Make();
        PoolMeter.EndWait(this, begun);
        return new PooledSandbox(this, sandbox);
    }

    /// <summary>Makes a sandbox for a place that was taken.</summary>
    private Sandbox Make()
    {
        try
        {
            return Create();
        }
        catch
        {
            Put(null);
            throw;
        }
    }

    private Sandbox Create()
    {
        Sandbox made = Sandbox.Create(_snapshot, _configure);
        Interlocked.Increment(ref _created);
        PoolMeter.Created(this);
        return made;
    }

    /// <summary>Hands a sandbox, or the place of one that is no more, to whoever has waited longest; or keeps it.</summary>
    private void Put(Sandbox? sandbox)
    {
        PoolWaiter? next = null;
        bool isLast = false;
        lock (_gate)
        {
            if (_waiters.First is { } first)
            {
                _waiters.Remove(first);
                next = first.Value;
            }
            else if (sandbox is not null && !_isDisposed)
            {
                _idle.Push(sandbox);
                return;
            }
            else
            {
                _places--;
                isLast = _isDisposed && _places == 0;
            }
        }

        if (next is not null)
        {
            next.SetResult(sandbox);
            return;
        }

        // The pool was disposed of while this one was restored.
        sandbox?.Dispose();
        if (isLast)
            _snapshot.Dispose();
    }

    private void OnReplaced(ReplacementReason reason, Exception? problem)
    {
        Interlocked.Increment(ref _replaced);
        PoolMeter.Replaced(this, reason);
        if (_logger is not null)
            SandboxLog.Replaced(_logger, Name, reason, problem);
    }
}
