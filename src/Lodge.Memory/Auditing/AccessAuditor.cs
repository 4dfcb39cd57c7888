using System.Diagnostics;

namespace Lodge.Memory;

/// <summary>An audit and the limit on what it is told: a bucket of reports that fills with time.</summary>
internal sealed class AccessAuditor(IAccessAudit audit, AuditLimits limits)
{
    private readonly long _ticksPerReport = Math.Max(1, Stopwatch.Frequency / limits.PerSecond);

    // The time up to which reports are used up. A report moves it on; it may lead the clock by a burst at most.
    private long _usedUntil;
    private long _unreported;

    public void OnDenied(in AccessFault fault)
    {
        if (TryTake())
            audit.OnDenied(new AccessDenial(fault, Interlocked.Exchange(ref _unreported, 0)));
        else
            Interlocked.Increment(ref _unreported);
    }

    private bool TryTake()
    {
        long now = Stopwatch.GetTimestamp();
        while (true)
        {
            long used = Volatile.Read(ref _usedUntil);
            long next = Math.Max(used, now) + _ticksPerReport;
            if (next - now > _ticksPerReport * limits.Burst)
                return false;

            if (Interlocked.CompareExchange(ref _usedUntil, next, used) == used)
                return true;
        }
    }
}
