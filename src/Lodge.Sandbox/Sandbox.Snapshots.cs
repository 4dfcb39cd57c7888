namespace Lodge.Sandbox;

public sealed partial class Sandbox
{
    /// <summary>Takes a snapshot: of the guest's memory as its page tables have it, and of its processor. What the guest has not
    /// written is shared with the snapshot that the sandbox comes from.</summary>
    /// <exception cref="InvalidOperationException">A call runs, or the sandbox is not ready.</exception>
    /// <exception cref="SnapshotException">The guest's memory cannot be kept: its page tables are damaged, or there is no room
    /// for them. The sandbox is as it was.</exception>
    public Snapshot TakeSnapshot()
    {
        using Busy busy = Enter();
        RequireReady();
        try
        {
            return new Snapshot(SnapshotTaker.Take(_machine, _entry));
        }
        catch (ProtocolException problem)
        {
            throw new SnapshotException(problem.Message, problem);
        }
        catch (ArgumentException problem)
        {
            throw new SnapshotException(problem.Message, problem);
        }
    }

    /// <summary>Makes everything as a snapshot has it: the guest's memory, its processor and its status. Costs what the guest has
    /// written since.</summary>
    /// <param name="snapshot">A snapshot of this sandbox, or of another with the same layout: of the same binary and
    /// sizes.</param>
    /// <exception cref="ArgumentException">The snapshot has another layout, or is one of a guest that has yet to be
    /// initialised.</exception>
    /// <exception cref="InvalidOperationException">A call runs, or the sandbox is
    /// <see cref="SandboxStatus.Unrecoverable"/>.</exception>
    /// <exception cref="MachineException">The engine failed; the sandbox is
    /// <see cref="SandboxStatus.Unrecoverable"/>.</exception>
    public void Restore(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        SnapshotState state = snapshot.Hold();
        try
        {
            RestoreTo(state);
        }
        finally
        {
            state.Release();
        }
    }

    private void RestoreTo(SnapshotState state)
    {
        if (state.Layout.Sizes != Layout.Sizes)
            throw new ArgumentException("The snapshot is of a sandbox with another layout.");

        if (!state.Entry.IsInitialized)
            throw new ArgumentException("The snapshot is of a guest that has yet to be initialised.");

        using Busy busy = Enter();
        if (Status == SandboxStatus.Unrecoverable)
            throw new InvalidOperationException("The sandbox cannot be used any more: dispose of it.");

        Status = SandboxStatus.Unrecoverable;
        _machine.Restore(state);
        _runner.Reset();
        _entry = state.Entry;
        _death = null;
        Status = SandboxStatus.Ready;
    }
}
