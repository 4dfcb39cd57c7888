namespace Lodge.Sandbox;

/// <summary>A sandbox that is somebody's until they dispose of this, which gives it back to its
/// <see cref="SandboxPool"/>.</summary>
/// <remarks>Who forgets to give it back keeps its place in the pool occupied for as long as the pool is used; nothing takes it
/// back, because nobody could tell whether a call is still to come.</remarks>
public sealed class PooledSandbox : IDisposable
{
    private readonly SandboxPool _pool;
    private Sandbox? _sandbox;

    internal PooledSandbox(SandboxPool pool, Sandbox sandbox)
    {
        _pool = pool;
        _sandbox = sandbox;
    }

    /// <summary>The sandbox. Once it is given back, who has kept a reference to it finds it disposed of: the next renter's is
    /// another object. Its user may dispose of it; the pool makes another one then.</summary>
    /// <exception cref="ObjectDisposedException">It has been given back.</exception>
    public Sandbox Sandbox
    {
        get
        {
            Sandbox? sandbox = Volatile.Read(ref _sandbox);
            ObjectDisposedException.ThrowIf(sandbox is null, this);
            return sandbox;
        }
    }

    /// <summary>Gives the sandbox back: restores it, on this thread, and hands it to whoever has waited longest. To do so again
    /// changes nothing.</summary>
    /// <exception cref="InvalidOperationException">A call runs in the sandbox. It has been given back all the same: when the
    /// call has ended it is restored and lent to others.</exception>
    public void Dispose()
    {
        Sandbox? used = Interlocked.Exchange(ref _sandbox, null);
        if (used is null || _pool.TryReturn(used))
            return;

        throw new InvalidOperationException(
            "A call still runs in the sandbox that is given back to its pool, where it will be missing until the call has ended: "
            + "cancel calls, and wait until they have ended.");
    }
}
