namespace Lodge.Machines.Tests;

/// <summary>Cancels a vCPU when its time is up.</summary>
/// <remarks>Disposing of it waits until it cannot cancel any more.</remarks>
internal sealed class Watchdog : IDisposable
{
    private readonly Timer _timer;

    public Watchdog(IVirtualCpu cpu, TimeSpan limit)
        => _timer = new Timer(static cpu => ((IVirtualCpu)cpu!).Cancel(), cpu, limit, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        using var ended = new ManualResetEvent(initialState: false);
        if (_timer.Dispose(ended))
            ended.WaitOne();
    }
}
