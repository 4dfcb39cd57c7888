namespace Lodge.Fuzz;

/// <summary>Sees inputs that do not come to an end: those that take two seconds of the processor, or half a minute
/// altogether.</summary>
/// <remarks>Time of the processor, because a busy machine can stop a thread for seconds. One thread at a time gives inputs to the
/// target.</remarks>
internal sealed class Watchdog : IDisposable
{
    private const int PollMilliseconds = 100;
    private static readonly TimeSpan MostProcessorTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(30);

    private readonly Action<string> _onExpired;
    private readonly ManualResetEventSlim _stop = new();
    private long _number;
    private long _running;

    /// <summary>A watchdog.</summary>
    /// <param name="onExpired">Called once for an input that takes too long, with what is to be said of it.</param>
    public Watchdog(Action<string> onExpired)
    {
        _onExpired = onExpired;
        new Thread(Watch) { IsBackground = true, Name = "Watchdog" }.Start();
    }

    public void Begin() => Volatile.Write(ref _running, ++_number);

    /// <summary>The input has come to an end.</summary>
    /// <returns>False where that was said to be too late.</returns>
    public bool End() => Interlocked.Exchange(ref _running, 0) == _number;

    public void Dispose() => _stop.Set();

    private void Watch()
    {
        long seen = 0;
        TimeSpan processor = default;
        long since = 0;
        while (!_stop.Wait(PollMilliseconds))
        {
            long running = Volatile.Read(ref _running);
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long now = Environment.TickCount64;
            if (running == 0 || running != seen)
            {
                (seen, processor, since) = (running, used, now);
                continue;
            }

            bool isLate = used - processor > MostProcessorTime || now - since > MostTime.TotalMilliseconds;
            if (!isLate || Interlocked.CompareExchange(ref _running, 0, running) != running)
                continue;

            _onExpired(
                $"It goes on after {(used - processor).TotalSeconds:f1} s of the processor and {now - since} ms altogether.");
            return;
        }
    }
}
