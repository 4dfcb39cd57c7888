using System.Diagnostics;

namespace Lodge.Sandbox;

/// <summary>When a call has to end: at a time, when somebody says so, or never. Stops the vCPU when it is due.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly IVirtualCpu _cpu;
    private readonly CancellationTokenSource? _source;
    private readonly CancellationToken _asked;
    private readonly CancellationTokenRegistration _registration;

    private long _due;

    public CallDeadline(IVirtualCpu cpu, TimeSpan timeout, CancellationToken asked)
    {
        _cpu = cpu;
        _asked = asked;
        Timeout = timeout;
        if (timeout == System.Threading.Timeout.InfiniteTimeSpan && !asked.CanBeCanceled)
            return;

        _source = CancellationTokenSource.CreateLinkedTokenSource(asked);
        _registration = _source.Token.UnsafeRegister(static deadline => ((CallDeadline)deadline!).Stop(), this);
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
            _source.CancelAfter(timeout);
    }

    public TimeSpan Timeout { get; }

    /// <summary>What functions of the host are given.</summary>
    public CancellationToken Token => _source?.Token ?? CancellationToken.None;

    /// <summary>Whether it is due.</summary>
    public bool IsDue => _source is { IsCancellationRequested: true };

    /// <summary>Whether somebody has said so; otherwise time is up.</summary>
    public bool WasAsked => _asked.IsCancellationRequested;

    public CancellationToken Asked => _asked;

    /// <summary>How long ago it was due.</summary>
    public TimeSpan SinceDue => Volatile.Read(ref _due) is var due and not 0 ? Stopwatch.GetElapsedTime(due) : TimeSpan.Zero;

    public void Dispose()
    {
        // Waits for a Cancel that is under way; one that came too late makes the next run stop, which goes on then.
        _registration.Dispose();
        _source?.Dispose();
    }

    private void Stop()
    {
        Volatile.Write(ref _due, Stopwatch.GetTimestamp());
        _cpu.Cancel();
    }
}
