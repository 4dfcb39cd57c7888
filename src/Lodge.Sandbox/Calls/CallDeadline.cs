using System.Diagnostics;

namespace Lodge.Sandbox;

/// <summary>When a call has to end: at a time, when somebody says so, or never. Stops the vCPU when it is due.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly IVirtualCpu _cpu;
    private readonly CancellationToken _asked;
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();

    private CancellationTokenSource? _source;
    private long _due;

    public CallDeadline(IVirtualCpu cpu, TimeSpan timeout, CancellationToken asked)
    {
        _cpu = cpu;
        _asked = asked;
        Timeout = timeout;
        _registration = asked.UnsafeRegister(static deadline => ((CallDeadline)deadline!).StopAsAsked(), this);
        if (!HasTime)
            return;

        EndsAt = Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        if (timeout == TimeSpan.Zero)
            StopInTime();
        else
            DeadlineWatch.Add(this);
    }

    public TimeSpan Timeout { get; }

    /// <summary>When time is up, in ticks of <see cref="Stopwatch"/>.</summary>
    public long EndsAt { get; }

    /// <summary>Where it is in the list of <see cref="DeadlineWatch"/>, which sets it; negative where it is in none.</summary>
    public int WatchIndex { get; set; } = -1;

    /// <summary>What functions of the host are given: a token of its own, because what they register with it may wait, and the
    /// guest has to be stopped before.</summary>
    public CancellationToken Token
    {
        get
        {
            if (!HasTime && !_asked.CanBeCanceled)
                return CancellationToken.None;

            lock (_gate)
            {
                if (_source is null)
                {
                    _source = new CancellationTokenSource();
                    if (IsDue)
                        _source.Cancel();
                }

                return _source.Token;
            }
        }
    }

    /// <summary>Whether it is due.</summary>
    public bool IsDue => Volatile.Read(ref _due) != 0;

    /// <summary>Whether somebody has said so; otherwise time is up.</summary>
    public bool WasAsked => _asked.IsCancellationRequested;

    public CancellationToken Asked => _asked;

    /// <summary>How long ago it was due.</summary>
    public TimeSpan SinceDue => Volatile.Read(ref _due) is var due and not 0 ? Stopwatch.GetElapsedTime(due) : TimeSpan.Zero;

    private bool HasTime => Timeout != System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Stops the call because time is up. It does not wait for anybody.</summary>
    /// <exception cref="MachineException">The vCPU cannot be stopped; it may be tried again.</exception>
    public void StopInTime()
    {
        // What functions of the host have registered takes as long as it likes, and other calls have deadlines too: the pool runs
        // it. Who looks at the token sees it at once. What is thrown there is the task's, which nobody observes.
        _ = Stop()?.CancelAsync();
    }

    public void Dispose()
    {
        // Both wait for a Cancel that is under way; one that came too late makes the next run stop, which goes on then.
        _registration.Dispose();
        if (HasTime)
            DeadlineWatch.Remove(this);

        // Who cancels it is at it still, perhaps; it is linked to nothing, and the collector is enough for it.
        if (!IsDue)
            _source?.Dispose();
    }

    private void StopAsAsked() => Stop()?.Cancel();

    private CancellationTokenSource? Stop()
    {
        Interlocked.CompareExchange(ref _due, Stopwatch.GetTimestamp(), 0);
        _cpu.Cancel();
        lock (_gate)
            return _source;
    }
}
