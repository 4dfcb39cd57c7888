using System.Diagnostics;

namespace Lodge.Sandbox;

/// <summary>Stops the calls whose time is up, from a thread of its own. Timers need a thread of the pool for that, and in a busy
/// service guests may hold all of those.</summary>
/// <remarks>Thread-safe. To begin and to end a watch takes a lock and no more: the thread is woken for one that ends before all
/// others only, and looks at the whole list when it wakes, which has no more entries than threads that run guests.</remarks>
internal static class DeadlineWatch
{
    private static readonly long RetryTicks = Stopwatch.Frequency / 100;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly object Gate = new();
    private static readonly List<CallDeadline> Watched = [];

    // When the thread looks next, in ticks of Stopwatch.
    private static long WakesAt = long.MaxValue;
    private static bool IsStarted;

    public static void Add(CallDeadline deadline)
    {
        lock (Gate)
        {
            if (!IsStarted)
                Start();

            deadline.WatchIndex = Watched.Count;
            Watched.Add(deadline);
            if (deadline.EndsAt >= WakesAt)
                return;

            WakesAt = deadline.EndsAt;
            Monitor.Pulse(Gate);
        }
    }

    /// <summary>Ends a watch. The deadline is not stopped any more, nor is it being stopped, when this returns.</summary>
    public static void Remove(CallDeadline deadline)
    {
        lock (Gate)
        {
            if (deadline.WatchIndex >= 0)
                Take(deadline);
        }
    }

    private static void Start()
    {
        new Thread(Watch) { IsBackground = true, Name = "Lodge deadlines" }.Start();
        IsStarted = true;
    }

    private static void Watch()
    {
        lock (Gate)
        {
            while (true)
            {
                StopLate();
                TimeSpan wait = TimeUntil(WakesAt);
                if (wait > TimeSpan.Zero)
                    Monitor.Wait(Gate, wait);
            }
        }
    }

    // Waiting ends at a whole millisecond: the one behind the time.
    private static TimeSpan TimeUntil(long timestamp)
    {
        double seconds = (double)(timestamp - Stopwatch.GetTimestamp()) / Stopwatch.Frequency;
        return seconds >= LongestWait.TotalSeconds
            ? LongestWait
            : TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000));
    }

    private static void StopLate()
    {
        long now = Stopwatch.GetTimestamp();
        WakesAt = long.MaxValue;
        for (int i = Watched.Count - 1; i >= 0; i--)
        {
            CallDeadline deadline = Watched[i];
            if (deadline.EndsAt > now)
                WakesAt = Math.Min(WakesAt, deadline.EndsAt);
            else if (!TryStop(deadline))
                WakesAt = Math.Min(WakesAt, now + RetryTicks);
        }
    }

    private static bool TryStop(CallDeadline deadline)
    {
        try
        {
            deadline.StopInTime();
        }
        catch (MachineException)
        {
            // The system has not interrupted the vCPU, which has to end nevertheless.
            return false;
        }

        Take(deadline);
        return true;
    }

    private static void Take(CallDeadline deadline)
    {
        CallDeadline last = Watched[^1];
        Watched[deadline.WatchIndex] = last;
        last.WatchIndex = deadline.WatchIndex;
        Watched.RemoveAt(Watched.Count - 1);
        deadline.WatchIndex = -1;
    }
}
