namespace Lodge.Paging.Tests;

/// <summary>A TLB that has nothing in it and remembers what it was told to forget.</summary>
internal sealed class FlushRecorder : ITlb
{
    /// <summary>The ranges, in order; all addresses are a range from 0 of the greatest length.</summary>
    public List<GuestRange> Flushes { get; } = [];

    /// <summary>Is called on each flush.</summary>
    public Action<GuestRange>? Flushed { get; set; }

    public void Flush(GuestRange range)
    {
        Flushes.Add(range);
        Flushed?.Invoke(range);
    }

    public void FlushAll() => Flush(new GuestRange(0, ulong.MaxValue));
}
