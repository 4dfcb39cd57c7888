using System.Diagnostics;
using Xunit;

namespace Lodge.Memory.Tests;

public sealed class AuditLimitsTests
{
    [Fact]
    public void DenialsWithoutEnd_AreReportedUpToTheBurst()
    {
        var audit = new RecordingAudit();
        using GuestMemory memory = GuestMemory.Anonymous(0x1000);
        GuestMemory audited = memory.WithAudit(audit, new AuditLimits { Burst = 5, PerSecond = 1 });
        long start = Stopwatch.GetTimestamp();

        for (int i = 0; i < 100_000; i++)
            audited.TryRead<uint>(0x1000, out _, out _);

        // One a second more for as long as that took, however slow the machine is.
        Assert.InRange(audit.Denials.Count, 5, 6 + (int)Stopwatch.GetElapsedTime(start).TotalSeconds);
        Assert.All(audit.Denials.Take(5), static denial => Assert.Equal(0, denial.Unreported));
    }

    [Fact]
    public void DenialsThatWereNotReported_AreCountedInTheNextReport()
    {
        const int Denied = 2000;
        var audit = new RecordingAudit();
        using GuestMemory memory = GuestMemory.Anonymous(0x1000);
        GuestMemory audited = memory.WithAudit(audit, new AuditLimits { Burst = 1, PerSecond = 50 });

        int made = 0;
        for (; made < Denied; made++)
            audited.TryRead<uint>(0x1000, out _, out _);

        // After a rest of more than a fiftieth of a second there is a report again, and it carries all that went without.
        Thread.Sleep(60);
        audited.TryRead<uint>(0x1000, out _, out _);
        made++;

        Assert.Equal(made, audit.Denials.Count + audit.Denials.Sum(static denial => denial.Unreported));
        Assert.True(audit.Denials.Count < Denied / 2, $"{audit.Denials.Count} reports");
        Assert.NotEqual(0, audit.Denials[^1].Unreported);
    }

    [Fact]
    public void DenialsOfManyThreads_AreEachReportedOrCounted()
    {
        const int Each = 20_000;
        var audit = new RecordingAudit();
        using GuestMemory memory = GuestMemory.Anonymous(0x1000);
        GuestMemory audited = memory.WithAudit(audit, new AuditLimits { Burst = 100, PerSecond = 1000 });
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
                audited.TryRead<uint>(0x1000, out _, out _);
        }))];
        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            thread.Join();

        Thread.Sleep(20);
        audited.TryRead<uint>(0x1000, out _, out _);
        Assert.Equal((4 * Each) + 1, audit.Denials.Count + audit.Denials.Sum(static denial => denial.Unreported));
    }

    [Fact]
    public void Limits_BelowOne_AreRefusedAndOneIsAccepted()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuditLimits { Burst = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuditLimits { PerSecond = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AuditLimits { Burst = int.MinValue });
        var limits = new AuditLimits { Burst = 1, PerSecond = 1 };
        Assert.Equal((1, 1), (limits.Burst, limits.PerSecond));
        Assert.Equal(new AuditLimits(), AuditLimits.Default);
    }

    [Fact]
    public void ExtremeLimits_DoNotOverflow()
    {
        var audit = new RecordingAudit();
        using GuestMemory memory = GuestMemory.Anonymous(0x1000);
        GuestMemory audited = memory.WithAudit(audit, new AuditLimits { Burst = int.MaxValue, PerSecond = 1 });
        for (int i = 0; i < 100; i++)
            audited.TryRead<uint>(0x1000, out _, out _);

        Assert.Equal(100, audit.Denials.Count);
        audited = memory.WithAudit(audit, new AuditLimits { Burst = int.MaxValue, PerSecond = int.MaxValue });
        for (int i = 0; i < 100; i++)
            audited.TryRead<uint>(0x1000, out _, out _);

        Assert.Equal(200, audit.Denials.Count);
    }
}
