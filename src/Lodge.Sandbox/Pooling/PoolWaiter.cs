namespace Lodge.Sandbox;

/// <summary>Somebody who waits for a sandbox: gets one, or a place where one is to be made (<see langword="null"/>). The pool's
/// lock decides between that and the end of waiting: who is in the queue no more has been answered.</summary>
internal sealed class PoolWaiter : TaskCompletionSource<Sandbox?>
{
    // Whoever answers goes on with their own work, not with the waiter's.
    public PoolWaiter()
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
        => Node = new LinkedListNode<PoolWaiter>(this);

    /// <summary>The waiter's place in the queue.</summary>
    public LinkedListNode<PoolWaiter> Node { get; }
}
