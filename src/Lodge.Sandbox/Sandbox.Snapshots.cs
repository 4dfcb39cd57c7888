namespace Lodge.Sandbox;

public sealed partial class Sandbox
{
    /// <summary>Makes everything as a snapshot has it: the guest's memory, its processor and its status. Costs what the guest has
    /// written since.</summary>
    /// <param name="snapshot">A snapshot of this sandbox, or of another with the same layout: of the same binary and sizes.</param>
    /// <exception cref="ArgumentException">The snapshot has another layout, or is one of a guest that has yet to be
    /// initialised.</exception>
    /// <exception cref="InvalidOperationException">A call runs, or the sandbox is <see cref="SandboxStatus.Unrecoverable"/>.</exception>
    /// <exception cref="MachineException">The engine failed; the sandbox is <see cref="SandboxStatus.Unrecoverable"/>.</exception>
    public void Restore(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        snapshot.ThrowIfDisposed();
        SnapshotState state = snapshot.State;
        if (state.Layout.Sizes != Layout.Sizes)
            throw new ArgumentException("The snapshot is of a sandbox with another layout.", nameof(snapshot));

        if (!state.Entry.IsInitialized)
            throw new ArgumentException("The snapshot is of a guest that has yet to be initialised.", nameof(snapshot));

        using Busy busy = Enter();
        if (Status == SandboxStatus.Unrecoverable)
            throw new InvalidOperationException("The sandbox cannot be used any more: dispose of it.");

        Status = SandboxStatus.Unrecoverable;
        _machine.Restore(state);
        _entry = state.Entry;
        Status = SandboxStatus.Ready;
    }
}
