namespace Lodge.Sandbox;

/// <summary>A guest as it is between two calls: its memory and its processor's state. Sandboxes are made from it, in any number,
/// and share what they do not change of its memory.</summary>
/// <remarks>Nothing of it changes, so threads may use it at the same time. Its memory is freed when the last of it, of snapshots
/// and of sandboxes that were made from it is disposed of.</remarks>
public sealed class Snapshot : IDisposable
{
    private readonly Lock _gate = new();
    private bool _isDisposed;

    internal Snapshot(SnapshotState state) => State = state;

    internal SnapshotState State { get; }

    /// <summary>Where everything lies.</summary>
    public SandboxLayout Layout => State.Layout;

    /// <summary>How many snapshots lie between this one and the binary.</summary>
    public long Generation => (long)State.Generation;

    /// <summary>Whether the guest takes calls at once. The snapshot that a binary becomes is one of a guest that has yet to be
    /// run up to there.</summary>
    public bool IsInitialized => State.Entry.IsInitialized;

    /// <summary>Lets go of the memory. Sandboxes that were made from it are not affected.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isDisposed)
                State.Release();

            _isDisposed = true;
        }
    }

    /// <summary>Holds on to the memory, also where somebody disposes of the snapshot meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">Somebody has.</exception>
    internal SnapshotState Hold()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            State.Hold();
            return State;
        }
    }
}
