namespace Lodge.Sandbox;

/// <content>Who may do something with it now, and how a pool takes it back.</content>
public sealed partial class Sandbox
{
    // What _use can be.
    private const int Free = 0;
    private const int Called = 1;
    private const int CalledAndReturned = 2;
    private const int Closed = 3;

    private SandboxPool? _returnsTo;

    /// <summary>Ends the use of this object for good, as <see cref="Dispose"/> does, but leaves the machine alone: it is the
    /// pool's, which makes another object for it (<see cref="Renew"/>). A call that runs goes on, and the pool is told when it
    /// has ended.</summary>
    internal SandboxClosing CloseFor(SandboxPool pool)
    {
        _returnsTo = pool;
        while (true)
        {
            switch (Interlocked.CompareExchange(ref _use, Closed, Free))
            {
                case Free:
                    return SandboxClosing.Done;
                case Closed:
                    return SandboxClosing.WasDisposedOf;
                default:
                    if (Interlocked.CompareExchange(ref _use, CalledAndReturned, Called) == Called)
                        return SandboxClosing.WhenTheCallEnds;

                    // The call has ended between the two.
                    break;
            }
        }
    }

    /// <summary>Another object for the machine of one that was closed, so that whoever has kept the old one can do nothing to
    /// the next one's user.</summary>
    internal Sandbox Renew()
    {
        var next = (Sandbox)MemberwiseClone();
        next._returnsTo = null;
        next._use = Free;
        next.VirtualMemory = new GuestVirtualMemory(next);
        return next;
    }

    /// <summary>The end of what <see cref="Enter"/> began.</summary>
    private void Leave()
    {
        if (Interlocked.CompareExchange(ref _use, Free, Called) == Called)
            return;

        Volatile.Write(ref _use, Closed);
        _returnsTo!.TakeBack(this);
    }
}
