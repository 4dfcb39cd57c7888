namespace Lodge.Machines;

/// <content>What other threads ask of the processor. While it runs it does that between two blocks, and while it does not, whoever
/// asks does it.</content>
internal sealed unsafe partial class Processor
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Served = 2;

    private int _activity;
    private int _requests;

    /// <summary>Begins to run.</summary>
    /// <returns>False where it runs already.</returns>
    internal bool TryBeginRunning()
    {
        var spin = new SpinWait();
        while (true)
        {
            int before = Interlocked.CompareExchange(ref _activity, Running, Idle);
            if (before != Served)
                return before == Idle;

            spin.SpinOnce();
        }
    }

    internal void EndRunning() => Volatile.Write(ref _activity, Idle);

    internal bool IsRunning => Volatile.Read(ref _activity) == Running;

    /// <summary>Asks for something, without waiting until it is done.</summary>
    internal void Request(SoftwareRequests request)
    {
        Interlocked.Or(ref _requests, (int)request);
        PayAttention();
    }

    /// <summary>Asks for something, and waits until it is done.</summary>
    /// <param name="request">What.</param>
    /// <param name="asking">The processor whose thread asks, which serves others meanwhile; or nothing.</param>
    internal void RequestAndWait(SoftwareRequests request, Processor? asking)
    {
        Request(request);
        var spin = new SpinWait();
        while ((Volatile.Read(ref _requests) & (int)request) != 0)
        {
            if (Interlocked.CompareExchange(ref _activity, Served, Idle) == Idle)
            {
                Serve();
                Volatile.Write(ref _activity, Idle);
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
        return (Interlocked.And(ref _requests, ~(int)SoftwareRequests.Cancel) & (int)SoftwareRequests.Cancel) == 0;
    }

    /// <summary>Does what was asked for, but for stopping. What is done is taken back afterwards, so that who waits sees it
    /// done.</summary>
    private void Serve()
    {
        int requests = Volatile.Read(ref _requests) & ~(int)SoftwareRequests.Cancel;
        if (requests == 0)
            return;

        var what = (SoftwareRequests)requests;
        if ((what & SoftwareRequests.Reload) != 0)
            Reload();
        else if ((what & SoftwareRequests.FlushTlb) != 0)
            FlushTlb();
        else if ((what & SoftwareRequests.DropWrites) != 0)
            DropWrites();

        if ((what & SoftwareRequests.ForgetCode) != 0)
            ForgetCodeAddresses();

        Interlocked.And(ref _requests, ~requests);
    }
}
