namespace Lodge.Machines;

/// <content>What other threads ask of the processor. While it runs it does that between two blocks, and while it does not,
/// whoever asks does it.</content>
internal sealed unsafe partial class Processor
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Served = 2;

    private int _activity;
    private int _requests;

    // Requests are numbered, so that one which comes while another of its kind is served is not taken for that.
    private long _lastRequest;
    private long _lastServed;

    /// <summary>Begins to run.</summary>
    /// <returns>False where it runs already.</returns>
    internal bool TryBeginRunning() => TryBegin(Running);

    /// <summary>Takes the processor for the thread that uses it while it does not run: nobody else serves it until it is given
    /// back.</summary>
    /// <returns>False where it runs.</returns>
    internal bool TryTake() => TryBegin(Served);

    /// <summary>Ends a run, or what else it was taken for.</summary>
    internal void GiveBack() => Volatile.Write(ref _activity, Idle);

    internal bool IsRunning => Volatile.Read(ref _activity) == Running;

    private bool TryBegin(int activity)
    {
        var spin = new SpinWait();
        while (true)
        {
            int before = Interlocked.CompareExchange(ref _activity, activity, Idle);
            if (before != Served)
                return before == Idle;

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Asks for something, without waiting until it is done.</summary>
    /// <returns>A number; once <see cref="_lastServed"/> has reached it, it is done.</returns>
    internal long Request(SoftwareRequests request)
    {
        Interlocked.Or(ref _requests, (int)request);
        long number = Interlocked.Increment(ref _lastRequest);
        PayAttention();
        return number;
    }

    /// <summary>Asks for something, and waits until it is done.</summary>
    /// <param name="request">What.</param>
    /// <param name="asking">The processor whose thread asks, which serves others meanwhile; or nothing.</param>
    internal void RequestAndWait(SoftwareRequests request, Processor? asking)
    {
        long number = Request(request);
        var spin = new SpinWait();
        while (Volatile.Read(ref _lastServed) < number)
        {
            if (Interlocked.CompareExchange(ref _activity, Served, Idle) == Idle)
            {
                try
                {
                    Serve();
                }
                finally
                {
                    GiveBack();
                }

                return;
            }

            asking?.Serve();
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Does what was asked for.</summary>
    /// <returns>False where the processor is to stop.</returns>
    private bool ServeRequests()
    {
        Serve();
        return !TakeCancel();
    }

    /// <summary>Whether somebody has asked the processor to stop, since this was asked last.</summary>
    private bool TakeCancel()
        => (Volatile.Read(ref _requests) & (int)SoftwareRequests.Cancel) != 0
            && (Interlocked.And(ref _requests, ~(int)SoftwareRequests.Cancel) & (int)SoftwareRequests.Cancel) != 0;

    /// <summary>Does what was asked for, but for stopping.</summary>
    private void Serve()
    {
        // The number first: what was asked for up to it is among the requests, and what is asked for from now on has another.
        long number = Volatile.Read(ref _lastRequest);
        if (number == Volatile.Read(ref _lastServed))
            return;

        var what = (SoftwareRequests)Interlocked.And(ref _requests, (int)SoftwareRequests.Cancel);
        if ((what & SoftwareRequests.Reload) != 0)
            Reload();
        else if ((what & SoftwareRequests.FlushTlb) != 0)
            FlushTlb();
        else if ((what & SoftwareRequests.DropWrites) != 0)
            DropWrites();

        if ((what & SoftwareRequests.ForgetCode) != 0)
            ForgetCodeAddresses();

        Volatile.Write(ref _lastServed, number);
    }
}
